import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

import { LIMITS } from "../limits.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { cleverNodeIn } from "../plain-yaml.ts";
import { refusal, type Place, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { problemIn, utf8Text } from "../strict-json.ts";
import type { Contract } from "./contract.ts";

/** A probe that the owner bound to a criterion: the Harness runs it in the validation sandbox, never the agent. */
export interface Check {
  readonly criterion: string;
  readonly argv: readonly string[];
  /** What it does on the base when it has teeth. */
  readonly onBase: "fails" | "passes" | "any";
}

// A script may have several lines; what no program can be given is refused here, not when it is started.
const word = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes("\0") && text.isWellFormed(), "it holds what no program can be given");

const schema = z.strictObject({
  schema: z.literal("cto/checks/v1"),
  packet: z.string(),
  checks: z.record(
    z.string().regex(/^C[1-9]\d{0,2}$/),
    z.strictObject({
      argv: z.array(word).min(1).max(64),
      onBase: z.enum(["fails", "passes", "any"]).default("fails"),
    }),
  ),
});

/** The name of the checks file that stands beside a packet: same stem, other kind. */
export const checksPathOf = (packetPath: string): string => packetPath.replace(/-APPROVAL-PACKET\.md$/, "-CHECKS.yaml");

/** Reads a checks file, strictly; every probe must belong to a criterion that is the owner's to judge. */
export const readChecks = (source: SourceDocument, contract: Contract): Result<readonly Check[], Refusal> => {
  const { path } = source;
  const wrong = (says: string, at?: Place): Result<never, Refusal> =>
    refuse(refusal("contract/checks-unreadable", { path, says }, at));

  if (source.bytes.length > LIMITS.checksBytesMax) return wrong(`it has more than ${LIMITS.checksBytesMax} bytes`);
  const text = utf8Text(source.bytes);
  if (text === undefined) return wrong("it is not UTF-8");
  if (/[^\P{C}\n]/u.test(text)) return wrong("it holds a character that cannot be seen");

  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line, column: col };
  };
  const document = parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines, uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    return wrong(problem.message.split(/ at line |\n/)[0] ?? problem.code, place(problem.pos[0]));
  const clever = cleverNodeIn(document);
  if (clever !== undefined) return wrong(clever.problem, place(clever.offset));

  const read = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!read.success) return wrong(problemIn(read.error));
  if (read.data.packet !== contract.packet)
    return wrong(`it names the packet ${read.data.packet}, not ${contract.packet}`);
  const judged = new Set(contract.successCriteria.filter(({ check }) => check === "owner-judged").map(({ id }) => id));
  const stray = Object.keys(read.data.checks).find((id) => !judged.has(id));
  if (stray !== undefined) return wrong(`${stray} is not a criterion that the owner judges`);
  return ok(Object.entries(read.data.checks).map(([criterion, check]) => ({ criterion, ...check })));
};
