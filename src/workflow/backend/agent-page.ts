import { BACKEND_NAMES } from "../vocabulary.ts";
import type { AgentProfile } from "./agent-profile.ts";

/** The page of docs/agents/ that a profile stands for: what is set up, what the Harness does, what was seen. Markdown. */
export const agentPage = (profile: AgentProfile): string =>
  [
    `# ${profile.id}`,
    profile.about ?? "",
    `Kind \`${profile.kind}\`, dialect \`${profile.dialect}\`, mediation declared \`${profile.mediation}\`${observedIn(profile)}.`,
    ["## Set it up", ...installing(profile), policyOf(profile)].join("\n\n"),
    [
      "## What a repository could ship for it",
      `Masked in every run, whichever agent it is: ${code(profile.projectConfig.paths)}. Besides: ${profile.projectConfig.off}.`,
      `Readable prose, told of at admission: ${code(profile.projectConfig.prose)}.`,
    ].join("\n\n"),
    ["## How it behaves", ...list([...flagsOf(profile), ...(profile.quirks ?? [])])].join("\n\n"),
    ["## How it is started", startOf(profile)].join("\n\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");

const observedIn = ({ observed, documentedOnly }: AgentProfile): string =>
  documentedOnly === true || observed === undefined
    ? " (from its documentation; nobody has run it here)"
    : ` (observed: ${Object.keys(observed).join(", ")})`;

const pinsOf = ({ package: name, version, also }: AgentProfile): readonly (readonly [string, string])[] =>
  name === undefined || version === undefined ? [] : [[name, version], ...Object.entries(also ?? {})];

const installing = (profile: AgentProfile): readonly string[] => {
  const pins = pinsOf(profile);
  return pins.length === 0
    ? ["It is no npm package; the Harness refuses it until a profile pins one."]
    : [
        "In a folder of its own, at exactly these versions; another one is refused (`backend/not-the-pin`):",
        block("sh", [
          "mkdir -p /opt/agents && cd /opt/agents",
          `npm install --save-exact ${pins.map(([name, version]) => `${name}@${version}`).join(" ")}`,
        ]),
      ];
};

const policyOf = ({ id, kind, dialect }: AgentProfile): string =>
  [
    "In policy.yaml, with a model of yours; the key stays in the Harness's environment and never enters the sandbox:",
    block("yaml", [
      "backends:",
      `  ${kind}: { profile: ${id}, packages: /opt/agents/node_modules, upstream: provider }`,
      "relay:",
      "  upstreams:",
      `    provider: { api: ${dialect}, origin: "https://provider.example", keyVariable: PROVIDER_KEY, models: [MODEL] }`,
    ]),
    `A packet asks for it under Execution Gate: \`Execution must use only the CTO Harness ${BACKEND_NAMES[kind]} seam with:\`. The gate opens it by \`CTO_HARNESS_ALLOW_${kind.toUpperCase()}=1\` and its kin; \`cto gate WORK-ID\` names them.`,
  ].join("\n\n");

const flagsOf = (profile: AgentProfile): readonly string[] => [
  ...(profile.mode === undefined ? [] : [`The Harness sets mode \`${profile.mode}\` and holds it there.`]),
  ...(profile.refusalEndsTurn === true ? ["A refusal ends its turn."] : []),
  ...(profile.leavesOnEof === false ? ["It does not leave when its input ends; its processes are ended."] : []),
  ...(profile.unaskedExecuteIsNormal === true ? ["Commands it takes for safe come unasked."] : []),
  ...(profile.nestedSandbox === true ? ["Its own sandbox cannot stand inside ours."] : []),
];

const startOf = ({ command, args, env, files }: AgentProfile): string =>
  block("text", [
    [command, ...args].join(" "),
    ...Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(files ?? []).map(({ path }) => `writes ${path}`),
  ]);

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ") || "nothing";

const list = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? ["Nothing out of the ordinary was seen."] : [lines.map((line) => `- ${line}`).join("\n")];

const block = (language: string, lines: readonly string[]): string => ["```" + language, ...lines, "```"].join("\n");
