import type { Observation, PreflightFinding } from "../../workflow/admission/observation.ts";
import type { Digest, Json } from "../../workflow/digest.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import { isNamed } from "../../workflow/workspace/mount-plan.ts";

/** What the ledger says of the files for agents that stood in a target when it was admitted: digests by path. */
export type AdmittedAgentFiles = ReadonlyMap<string, string> | "unknown";

/** How such a file compares with what stood there when the target was admitted. */
export type SinceAdmission = "as admitted" | "changed since the admission" | "new since the admission" | "unknown";

const agentFilesIn = ({ findings }: Observation): readonly PreflightFinding[] =>
  findings.filter(({ finding }) => finding === "agent-config" || finding === "agent-prose");

/** For the ledger's record of an admission; of too many only their number, and then nothing can be compared. */
export const agentFilesDetail = (seen: Observation): Json => {
  const files = agentFilesIn(seen);
  return files.length > LIMITS.agentProseFilesMax
    ? files.length
    : files.map(({ where, digest }) => [where, digest ?? ""]);
};

/** Reads it back from the last admission with this record. */
export const admittedAgentFiles = (leaves: readonly LedgerRecord[], admission: Digest): AdmittedAgentFiles => {
  const leaf = leaves.findLast(
    ({ type, digests }) => type === "target.admitted" && digests?.["admission"] === admission,
  );
  const listed = leaf?.detail?.["agentFiles"];
  if (!Array.isArray(listed)) return "unknown";
  return new Map(
    listed.flatMap((pair: unknown): (readonly [string, string])[] =>
      Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string" ? [[pair[0], pair[1]]] : [],
    ),
  );
};

export const sinceAdmission = (known: AdmittedAgentFiles, { where, digest }: PreflightFinding): SinceAdmission => {
  if (known === "unknown") return "unknown";
  const before = known.get(where);
  if (before === undefined) return "new since the admission";
  return before === digest ? "as admitted" : "changed since the admission";
};

/** One line for each, as the approver sees it: what it is, whether an agent can read it, its digest, what is odd of it. */
export const agentFileLines = (
  seen: Observation,
  known: AdmittedAgentFiles,
  allowed: readonly string[],
): readonly string[] =>
  agentFilesIn(seen).map((file) => {
    const { finding, where, digest, hides = [] } = file;
    const since = sinceAdmission(known, file);
    return [
      visible(where),
      finding === "agent-prose" ? "text, readable" : `configuration, ${isNamed(allowed, where) ? NAMED : "masked"}`,
      `sha256 ${digest ?? "unknown"}`,
      ...(since === "as admitted" || since === "unknown" ? [] : [since]),
      ...(hides.length === 0 ? [] : [`hides ${hides.join(", ")}`]),
    ].join("   ");
  });

const NAMED = "open to the agent, for the contract names it";
