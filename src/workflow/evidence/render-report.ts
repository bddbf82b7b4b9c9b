import type { Told } from "./claims.ts";
import { items, plain, section, table } from "./markdown.ts";
import { renderChanges } from "./render-changes.ts";
import { modelUseSays } from "./schemas/model-use.ts";
import type { Report, ReportedMediation } from "./schemas/report.ts";

/** report.md: nothing that report.json does not hold, byte for byte the same each time (R102). */
export const renderReport = (report: Report, reportSha256: string): string => {
  const lines = [
    ...head(report),
    ...denied(report),
    ...section("Why it ended so", reasons(report)),
    ...section("Success criteria", criteria(report)),
    ...renderChanges(report),
    ...section("Validation by the Harness", validation(report)),
    ...section("Findings", items(report.findings.map(({ code, says }) => `${plain(code)}: ${plain(says)}`))),
    ...section("The ten forbidden actions", actions(report)),
    ...section("Approval", approval(report)),
    ...section("Gate", gate(report)),
    ...section("Bound inputs", digests(report)),
    ...section("Confinement and default activation", confinement(report)),
    ...section(
      "The model, as the relay counted it",
      report.model === undefined ? [] : [`${plain(modelUseSays(report.model))}.`],
    ),
    ...section("Seen by the Harness", told(report.told.seen, report.told.seenOmitted)),
    ...section("Said by the agent or its backend: claims, not facts", said(report)),
    ...section("Do it again", replay(report)),
    ...section("Not claimed", items(report.notClaimed.map(plain))),
    ...section("Non-Authority Notice", [report.notice]),
    "",
    `Drawn from report.json, sha256 ${reportSha256}, and from nothing else.`,
    "",
  ];
  return lines.join("\n");
};

const head = (report: Report): readonly string[] => [
  `# ${report.run}: ${plain(report.verdict)}`,
  "",
  plain(report.says),
  "",
  `${report.work}${report.task === null ? "" : ` · ${plain(report.task.label)} · ${plain(report.task.target)}`}`,
];

// R086: what was denied stands in the first lines, never below the fold.
const denied = ({ attempts }: Report): readonly string[] =>
  attempts.length === 0
    ? ["", "No denied attempt was recorded."]
    : [
        "",
        `**${attempts.length} denied attempt${attempts.length === 1 ? "" : "s"}:**`,
        "",
        ...items(
          attempts.map(
            ({ action, rule, detail, event }) =>
              `${plain(action)}, denied by ${plain(rule)}${event === null ? "" : ` (event ${event})`}: ${plain(detail)}`,
          ),
        ),
      ];

const reasons = ({ ending, verdict }: Report): readonly string[] => {
  if (verdict === "awaiting_outcome") return [];
  return [
    ...items(ending.refusals.map(({ code, says, next }) => `${plain(code)}: ${plain(says)} Next: ${plain(next)}`)),
    ...(ending.failure === null ? [] : [`- ${plain(ending.failure.code)}: ${plain(ending.failure.message)}`]),
    ...(ending.at === "end" ? [] : [`- Reached: ${plain(ending.at)}.`]),
  ];
};

const criteria = ({ criteria: rows }: Report): readonly string[] =>
  rows.length === 0
    ? []
    : table(
        ["Id", "Status", "Criterion", "Facts", "Cites"],
        rows.map(({ id, status, text, says, cites }) => [
          plain(id),
          status === "not-proven" ? "**not proven**" : status === "proven" ? "proven" : "owner judges",
          plain(text),
          plain(says),
          cites.map(({ file, line }) => `${plain(file)}${line === null ? "" : `:${line}`}`).join(", "),
        ]),
      );

const validation = ({ validation: rows }: Report): readonly string[] =>
  rows.length === 0
    ? []
    : table(
        ["On", "Command", "Exit", "Counts", "Tree", "Time"],
        rows.map(({ on, argv, exitCode, counts, tree, durationMs }) => [
          plain(on),
          plain(argv.join(" ")),
          exitCode === null ? "none" : String(exitCode),
          counts === null
            ? "not counted"
            : `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.errors} errors`,
          plain(tree),
          `${durationMs} ms`,
        ]),
      );

const actions = ({ actions: rows }: Report): readonly string[] =>
  table(
    ["Action", "Verdict", "Why"],
    rows.map(({ action, verdict, says }) => [plain(action), verdict, plain(says)]),
  );

const approval = ({ approval: said }: Report): readonly string[] =>
  said === null
    ? ["None was used."]
    : [
        `${plain(said.principal)}, ${said.assurance}, identity ${said.identity}${said.keyFingerprint === null ? "; consent is host-attested only" : `, key ${plain(said.keyFingerprint)}`}${said.selfApproved ? ", approved by the packet's own author" : ""}.`,
        ...(said.quorum === undefined
          ? []
          : [
              "",
              `${said.quorum.signed.length} of ${said.quorum.required} signed: ${said.quorum.signed.map(({ principal, assurance }) => `${plain(principal)} ${assurance}`).join(", ")}.`,
            ]),
        "",
        `> ${plain(said.sentence)}`,
      ];

const gate = ({ gate: rows }: Report): readonly string[] =>
  rows.length === 0
    ? []
    : table(
        ["Check", "Result", "Says"],
        rows.map(({ check, result, says, code }) => [
          plain(check),
          plain(result),
          `${code === null ? "" : `${plain(code)}: `}${plain(says)}`,
        ]),
      );

const digests = ({ digests: inputs, harness, backend }: Report): readonly string[] => [
  ...items(Object.entries(inputs).map(([name, digest]) => `${plain(name)}: ${digest ?? "none"}`)),
  `- Harness ${plain(harness.version)}: ${harness.buildSha256}`,
  ...(backend === null
    ? ["- backend: not started"]
    : [
        `- backend: ${plain(backend.kind)}, ${plain(backend.profile)} ${plain(backend.version)}, mediation declared ${plain(backend.mediation.declared)}, seen ${plain(backend.mediation.seen)}`,
        `- ${mediated(backend.mediation)}`,
      ]),
];

/** What it means, in a sentence. */
const mediated = ({ seen, requests, refused, unasked }: ReportedMediation): string => {
  const asked = `it asked ${requests} times, was refused ${refused} times, and had ${unasked} effects that it asked nobody for`;
  if (seen === "full" || seen === "writes") return `Every changed byte passed through the Harness; ${asked}.`;
  if (seen === "nothing") return `The agent changed nothing that could be seen; ${asked}.`;
  return `The agent wrote by itself, and the Harness judged the result; ${asked}.`;
};

const confinement = ({ confinement: { level, why }, defaultActivation }: Report): readonly string[] => [
  `Confinement level ${plain(level)}. ${why.map(plain).join(" ")}`,
  "",
  `runtime.defaultActivation: ${defaultActivation.before} before, ${defaultActivation.after} after.`,
];

const told = (rows: readonly Told[], omitted: number): readonly string[] => [
  ...items(rows.map(({ event, type, text }) => `event ${event}, ${plain(type)}: ${plain(text)}`)),
  ...(omitted === 0 ? [] : [`- and ${omitted} more in events.normalized.jsonl`]),
];

const said = ({ told: { said: rows, saidOmitted }, backend }: Report): readonly string[] => [
  ...told(rows, saidOmitted),
  ...(backend === null || backend.said === "" ? [] : [`- its stop word: ${plain(backend.said)}`]),
];

const replay = ({ replay: paths }: Report): readonly string[] =>
  paths.flatMap(({ argv, inputs, expected }) => [
    `- \`${argv.map((word) => word.replaceAll("`", "")).join(" ")}\` over ${inputs.map(({ file }) => plain(file)).join(", ")}; expected ${plain(JSON.stringify(expected))}`,
  ]);
