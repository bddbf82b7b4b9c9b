import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

import { LIMITS } from "../limits.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import type { Contract } from "./contract.ts";

/** A probe that the owner bound to a criterion: the Harness runs it in the validation sandbox, never the agent. */
export interface Check {
  readonly criterion: string;
  readonly argv: readonly string[];
  /** What it does on the base when it has teeth. */
  readonly onBase: "fails" | "passes" | "any";
}

const schema = z.strictObject({
  schema: z.literal("cto/checks/v1"),
  packet: z.string(),
  checks: z.record(
    z.string().regex(/^C[1-9]\d{0,2}$/),
    z.strictObject({
      argv: z.array(z.string().min(1).max(4096)).min(1).max(64),
      onBase: z.enum(["fails", "passes", "any"]).default("fails"),
    }),
  ),
});

/** The name of the checks file that stands beside a packet: same stem, other kind. */
export const checksPathOf = (packetPath: string): string => packetPath.replace(/-APPROVAL-PACKET\.md$/, "-CHECKS.yaml");

/** Reads a checks file; every probe must belong to a criterion that is the owner's to judge. */
export const readChecks = (source: SourceDocument, contract: Contract): Result<readonly Check[], Refusal> => {
  const wrong = (says: string): Result<never, Refusal> =>
    refuse(refusal("contract/checks-unreadable", { path: source.path, says }));
  if (source.bytes.length > LIMITS.checksBytesMax) return wrong(`it has more than ${LIMITS.checksBytesMax} bytes`);
  const document = parseDocument(new TextDecoder().decode(source.bytes), {
    lineCounter: new LineCounter(),
    uniqueKeys: true,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) return wrong(problem.message.split("\n")[0] ?? "it is not YAML");
  const read = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!read.success) return wrong(z.prettifyError(read.error).split("\n").join(" "));
  if (read.data.packet !== contract.packet)
    return wrong(`it names the packet ${read.data.packet}, not ${contract.packet}`);
  const judged = new Set(contract.successCriteria.filter(({ check }) => check === "owner-judged").map(({ id }) => id));
  const stray = Object.keys(read.data.checks).find((id) => !judged.has(id));
  if (stray !== undefined) return wrong(`${stray} is not a criterion that the owner judges`);
  return ok(Object.entries(read.data.checks).map(([criterion, check]) => ({ criterion, ...check })));
};
