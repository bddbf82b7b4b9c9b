import type { z } from "zod";

import { assertNever } from "../../../workflow/assert-never.ts";
import type { ModelApi } from "../../../workflow/relay-policy.ts";
import { anthropicBody } from "./anthropic.ts";
import { chatBody } from "./chat.ts";
import { geminiBody } from "./gemini.ts";
import { responsesBody } from "./responses.ts";

/** The first thing in a body that its list does not open, as whoever wrote the agent's profile may look for it; undefined where all is listed. */
export const unlistedField = (api: ModelApi, body: unknown): string | undefined => {
  const read = shapeOf(api).safeParse(body);
  const issue = read.success ? undefined : tellingOf(read.error.issues);
  if (issue === undefined) return undefined;
  const [path, what] = placeOf(issue);
  const name = path.map(String).join(".");
  const value = path.at(-1) === "type" ? wordAt(body, path) : undefined;
  return value === undefined ? `${name}${what}` : `${name} ${JSON.stringify(value)}`;
};

const shapeOf = (api: ModelApi): z.ZodType => {
  switch (api) {
    case "chat":
      return chatBody;
    case "responses":
      return responsesBody;
    case "anthropic":
      return anthropicBody;
    case "gemini":
      return geminiBody;
    default:
      return assertNever(api);
  }
};

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

// What is there and may not be says more than what is missing.
const tellingOf = (issues: readonly Issue[]): Issue | undefined =>
  issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];

// Of the forms that a field may have, the one that was meant is the one that fits furthest.
const placeOf = (issue: Issue): readonly [Path, string] => {
  if (issue.code === "unrecognized_keys") return [[...issue.path, issue.keys[0] ?? ""], ""];
  if (issue.code !== "invalid_union") return [issue.path, issue.code === "invalid_type" ? "" : ` ${issue.code}`];
  const forms = issue.errors.flatMap((issues) => {
    const telling = tellingOf(issues);
    return telling === undefined ? [] : [placeOf(telling)];
  });
  const [path, what] = forms.reduce<readonly [Path, string]>(
    (furthest, form) => (form[0].length > furthest[0].length ? form : furthest),
    [[], ""],
  );
  return [[...issue.path, ...path], what];
};

const wordAt = (body: unknown, path: Path): string | undefined => {
  let value = body;
  for (const key of path)
    value = typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(String(key)) : undefined;
  return typeof value === "string" ? value : undefined;
};
