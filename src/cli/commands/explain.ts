import { explanationOf, TOPICS } from "../../harness/home/explanations.ts";
import type { Explanation } from "../../harness/objects/explanation.ts";
import { nearest } from "../../workflow/nearest.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";

/** `cto explain CODE`: what anything that cto prints means. Needs no home. */
export const act: Act<object, [string | undefined]> = async (_context, _flags, given) => {
  if (given === undefined) return listed();
  const found = explanationOf(given);
  if (found !== undefined) return explained(found);
  const near = nearest(
    given,
    TOPICS.flatMap(({ names }) => names),
  );
  const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
  return usageError(
    `nothing is called ${visible(given)}${meant}`,
    near[0] === undefined ? "cto explain lists every name" : `cto explain ${near[0]}`,
  );
};

const explained = ({ code, kind, message, why, next, docs }: Explanation): Awaited<ReturnType<typeof act>> => ({
  noun: "explain",
  exit: EXIT.done,
  data: { code, kind, message, why, next, docs },
  text: [
    `${code}  (${kind})`,
    ...message.split("\n").map((line) => `  ${line}`),
    ...(why === "" ? [] : [`why   ${why}`]),
    ...next.map((step) => `next  ${step}`),
  ].join("\n"),
});

const listed = (): Awaited<ReturnType<typeof act>> => ({
  noun: "topics",
  exit: EXIT.done,
  data: { topics: TOPICS },
  text: table(TOPICS.flatMap(({ kind, names }) => names.map((name, at) => [at === 0 ? kind : "", name]))),
});
