import { readStanding } from "../../harness/gate/read-standing.ts";
import { gateCheckObject } from "../../harness/objects/gate-check-object.ts";
import { digestWords, fours } from "../../workflow/digest-words.ts";
import type { GateCheck } from "../../workflow/gate/gate-check.ts";
import { openGate } from "../../workflow/gate/gate.ts";
import type { Standing } from "../../workflow/gate/standing.ts";
import { runId, type WorkId } from "../../workflow/ids.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { filledIn, table } from "../show.ts";
import { waiting } from "../waiting.ts";
import { withWorld } from "../with-world.ts";

/** `cto gate WORK-ID`: the same pure function that `cto run` asks, over the bytes of now. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const work = await pickWork(world, given);
    if (isAnswer(work)) return work;
    const now = world.clock.now();
    const attempts = (await world.store.runs({ work })).length;
    const done = waiting(context, flags, "asking every precondition");
    const { standing } = await readStanding(
      world,
      work,
      runId(work, attempts + 1),
      Math.floor(now.epochMs / 1000),
    ).finally(done);
    const { checks, result } = openGate(standing);
    const many = (wanted: GateCheck["status"]): number => checks.filter(({ status }) => status === wanted).length;
    const waits = many("not-evaluated") === 0 ? "" : `, ${many("not-evaluated")} wait for those`;
    const end = result.ok
      ? "Open: cto run would start."
      : `Blocked by ${result.refusals.length} ${result.refusals.length === 1 ? "reason" : "reasons"} in ${many("block")} of ${checks.length} preconditions${waits}. Nothing was started. The target was not written.`;
    return {
      noun: "gate",
      exit: result.ok ? EXIT.done : EXIT.refused,
      data: { work, open: result.ok, checks: checks.map(gateCheckObject) },
      text: `${headOf(work, standing)}\n${table(checks.flatMap((check) => rowsOf(check, work)))}\n${end}`,
      ...(result.ok ? {} : { refusals: result.refusals, tellsRefusals: true }),
    };
  });

const headOf = (work: WorkId, { packet, contract }: Standing): string => {
  if (!packet.ok) return work;
  const gate = contract.ok
    ? `   ${contract.value.executionGate.backend}, stage ${contract.value.executionGate.stage}`
    : "";
  const { title, source } = packet.value;
  return `${work}  ${visible(title.value)}${gate}   packet ${fours(source.digest)}  ${digestWords(source.digest)}`;
};

const WORDS = { pass: "pass", block: "block", "not-evaluated": "wait" } as const;

// One row for each reason, its next step in the row below it.
const rowsOf = ({ status, stage, name, says, refusals }: GateCheck, work: WorkId): readonly (readonly string[])[] => {
  if (refusals.length === 0) return [[WORDS[status], stage, name, visible(says)]];
  return refusals.flatMap((refusal) => {
    const { says: what, next } = wordsOf(refusal);
    return [
      [WORDS[status], stage, refusal.code, visible(what)],
      ["", "", "", `-> ${visible(filledIn(next, { work }))}`],
    ];
  });
};
