import { z } from "zod";

import { MEDIATIONS } from "../backend-probe.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { parseStrictJson, problemIn } from "../strict-json.ts";
import { agentFileKind } from "../workspace/agent-config.ts";
import type { AgentProfile } from "./agent-profile.ts";
import { OUTPUT_PARSERS } from "./command-parser.ts";

/** Bytes of a profile by its id, or "absent". */
export type ProfileText = (id: string) => Promise<Uint8Array | "absent">;

const text = z.string().min(1).max(2_000);
const id = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "an id is lower case letters, digits and dashes");
const version = z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/, "a pin is one exact version");
const packageName = z.string().regex(/^(?:@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/, "a package has npm's form");
const inHome = z
  .string()
  .regex(/^\$\{HOME\}(?:\/[A-Za-z0-9._-]+)+$/, "a file stands below ${HOME}")
  .refine((path) => !/\/\.{1,2}(?:\/|$)/.test(path), "a path may not climb");

const observation = z.strictObject({
  ends: text.exactOptional(),
  asked: z.int().min(0).exactOptional(),
  refused: z.int().min(0).exactOptional(),
  unasked: z.int().min(0).exactOptional(),
  grade: z.enum(MEDIATIONS).exactOptional(),
});

const file = z.union([
  z.strictObject({ path: inHome, json: z.json() }),
  z.strictObject({ path: inHome, text: z.string().max(65_536), executable: z.boolean().exactOptional() }),
]);

const schema: z.ZodType<AgentProfile> = z
  .strictObject({
    id,
    about: text.exactOptional(),
    kind: z.enum(["acp", "command"]),
    tier: z.enum(["light", "heavy", "documented"]),
    package: packageName.exactOptional(),
    version: version.exactOptional(),
    /** Companions that must be pinned with it. */
    also: z.record(packageName, version).exactOptional(),
    command: text,
    args: z.array(z.string().max(8_000)).max(64).readonly(),
    env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/), z.string().max(16_384)).exactOptional(),
    files: z.array(file).max(32).exactOptional(),
    dialect: z.enum(["chat", "responses", "anthropic", "gemini"]),
    /** What it prints; of a profile of kind command only. */
    parser: z.enum(OUTPUT_PARSERS).exactOptional(),
    authenticate: text.exactOptional(),
    mode: text.exactOptional(),
    sessionMeta: z.json().exactOptional(),
    clientCapabilities: z
      .strictObject({ readTextFile: z.boolean(), writeTextFile: z.boolean(), terminal: z.boolean() })
      .exactOptional(),
    /** `session`: our tools come with session/new; `settings`: they stand in the agent's own file. */
    harnessTools: z.enum(["session", "settings"]).exactOptional(),
    projectConfig: z.strictObject({ off: text, paths: z.array(text).max(32), prose: z.array(text).max(32) }),
    mediation: z.enum(MEDIATIONS),
    unaskedExecuteIsNormal: z.boolean().exactOptional(),
    refusalEndsTurn: z.boolean().exactOptional(),
    cancelErrorMeansCancelled: z.boolean().exactOptional(),
    leavesOnEof: z.boolean().exactOptional(),
    /** It has a sandbox of its own, which cannot stand inside ours. */
    nestedSandbox: z.boolean().exactOptional(),
    quirks: z.array(text).max(32).exactOptional(),
    /** What it did in each scenario, so that a new version is red until somebody has looked. */
    observed: z.record(z.string().regex(/^[a-z][a-z-]{0,63}$/), observation).exactOptional(),
    /** Nobody has run it here. */
    documentedOnly: z.boolean().exactOptional(),
  })
  .superRefine((said, context) => {
    const objection = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if ((said.package === undefined) !== (said.version === undefined))
      objection("version", "a package has its pin, and a pin its package");
    if ((said.kind === "command") !== (said.parser !== undefined))
      objection("parser", "a profile of kind command names its parser, another none");
    for (const path of said.projectConfig.paths)
      if (agentFileKind(path.replace(/\/$/, "/x")) !== "agent-config")
        objection(
          "projectConfig",
          `nothing masks ${path}: forbid it in policy.yaml at baseForbiddenPaths, and leave it out`,
        );
    if (said.observed === undefined && MEDIATIONS.indexOf(said.mediation) < MEDIATIONS.indexOf("observe"))
      objection("mediation", "what was never observed is declared observe at most");
  });

const rawProfile = z.record(z.string(), z.unknown());

/** Reads a profile and those it extends: records merge, lists replace, null removes, `observed` is not inherited. */
export const readAgentProfile = async (wanted: string, textOf: ProfileText): Promise<Result<AgentProfile, Refusal>> => {
  const no = (problem: string): Result<never, Refusal> =>
    refuse(refusal("backend/profile-invalid", { profile: wanted, problem }));
  const chain: Readonly<Record<string, unknown>>[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = wanted; next !== undefined;) {
    if (!id.safeParse(next).success) return no("its name is no id of a profile");
    if (seen.has(next)) return no(`${next} extends itself`);
    if (seen.size >= EXTENDS_MAX) return no(`it extends more than ${EXTENDS_MAX - 1} others`);
    seen.add(next);
    const bytes = await textOf(next);
    if (bytes === "absent")
      return no(next === wanted ? "there is no such profile" : `it extends ${next}, which is not there`);
    const json = parseStrictJson(bytes, PROFILE_BYTES_MAX);
    const raw = json.ok ? rawProfile.safeParse(json.value) : undefined;
    if (raw?.success !== true) return no(`${next}.json is no plain JSON object`);
    const { extends: parent, ...rest } = raw.data;
    if (rest["id"] !== next) return no(`${next}.json calls itself otherwise`);
    if (parent !== undefined && typeof parent !== "string") return no(`${next}.json extends what is no name`);
    chain.unshift(rest);
    next = parent;
  }
  const own = chain.at(-1) ?? {};
  const merged = chain.reduce<Readonly<Record<string, unknown>>>((below, above) => merge(below, above), {});
  const { observed: _observed, about: _about, ...inherited } = merged;
  const read = schema.safeParse({ ...inherited, ...pick(own, "observed"), ...pick(own, "about") });
  return read.success ? ok(read.data) : no(problemIn(read.error));
};

const pick = (from: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> =>
  from[name] === undefined ? {} : { [name]: from[name] };

const EXTENDS_MAX = 4;
const PROFILE_BYTES_MAX = 131_072;

const merge = (
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries({ ...below, ...above }).flatMap(([name, value]) => {
      if (value === null) return [];
      const [lower, upper] = [rawProfile.safeParse(below[name]), rawProfile.safeParse(above[name])];
      const isBoth = lower.success && upper.success && !Array.isArray(below[name]) && !Array.isArray(above[name]);
      return [[name, isBoth ? merge(lower.data, upper.data) : value]];
    }),
  );
