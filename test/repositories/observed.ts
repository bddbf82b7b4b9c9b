import { expect } from "vitest";

import { observe } from "../../src/adapters/target/observe.ts";
import type { Observation } from "../../src/workflow/admission/observation.ts";
import { wordsOf } from "../../src/workflow/refusal.ts";
import { refusalsOf } from "../../src/workflow/result.ts";
import type { ScratchRepository } from "./scratch-repository.ts";

/** What makes a repository be refused, the code, and what its sentence names. */
export type RefusedRow = readonly [
  what: string,
  code: string,
  make: (target: ScratchRepository) => void,
  names: string,
];

/** The refusal stands among all that apply, names what was found, and no fact of any sentence is missing. */
export const expectRefused = async (path: string, code: string, names: string): Promise<void> => {
  const refusals = refusalsOf(await observe(path));
  expect(refusals.map((refusal) => refusal.code)).toContain(code);
  const found = refusals.filter((refusal) => refusal.code === code);
  expect(found.map((refusal) => wordsOf(refusal).says).join("\n")).toContain(names);
  for (const refusal of refusals) expect(Object.values(wordsOf(refusal)).join()).not.toMatch(/\{\w+\}/);
};

export const codesAt = async (path: string): Promise<string[]> =>
  refusalsOf(await observe(path)).map(({ code }) => code);

/** What is seen of a repository that nothing is held against. */
export const seen = async (path: string): Promise<Observation> => {
  const result = await observe(path);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.value;
};
