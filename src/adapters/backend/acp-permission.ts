import type { Room } from "../../seams/backend.ts";
import type { Intent, Verdict } from "../../workflow/backend/attempt.ts";
import { at, listAt, textAt } from "../../workflow/backend/loose.ts";
import { intentsOf, readToolCall, type ToolCall } from "../../workflow/backend/tool-call.ts";

/** What is asked, judged as a whole: the first no decides. */
export interface Judgement {
  readonly intent: Intent;
  readonly verdict: Verdict;
}

export const judgeAll = (room: Room, intents: readonly [Intent, ...Intent[]]): Judgement => {
  let last: Judgement | undefined;
  for (const intent of intents) {
    const verdict = room.judge(intent);
    last = { intent, verdict };
    if (!verdict.allowed) return last;
  }
  return last ?? { intent: intents[0], verdict: { allowed: false, rule: "policy/cannot-judge" } };
};

/** What a permission request asks for, merged with what was said of the same call before (backends.md 6). */
export const askedIntents = (
  params: unknown,
  earlier: ReadonlyMap<string, ToolCall>,
): readonly [Intent, ...Intent[]] => {
  const asked = at(params, "toolCall");
  const call = readToolCall(asked, earlier.get(textAt(asked, "toolCallId") ?? ""));
  const [first, ...rest] = intentsOf(call);
  return [first ?? { kind: "other", title: call.title }, ...rest];
};

/**
 * The option that says it once. An option for always is never taken, neither to allow nor to reject; so neither is an id
 * that stands for two options, whose agent could read it as the other one.
 */
export const optionFor = (params: unknown, allowed: boolean): string | undefined => {
  const wanted = allowed ? "allow_once" : "reject_once";
  const options = listAt(params, "options");
  const id = options.flatMap((option) =>
    textAt(option, "kind") === wanted ? (textAt(option, "optionId") ?? []) : [],
  )[0];
  return id !== undefined && options.filter((option) => textAt(option, "optionId") === id).length === 1
    ? id
    : undefined;
};
