import type { GateCheck } from "../../workflow/gate/gate-check.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import type { GateCheckObject } from "./gate.ts";

/** One precondition of the gate with every reason against it. */
export const gateCheckObject = ({ stage, name, status, says, refusals }: GateCheck): GateCheckObject => {
  const [first] = refusals;
  if (first === undefined) return { stage, name, status, message: says };
  const all = refusals.map((refusal) => ({ code: refusal.code, ...wordsOf(refusal) }));
  const { says: message, next } = wordsOf(first);
  return { stage, name, status, message, code: first.code, next, reasons: all };
};
