import { expect, expectTypeOf, test } from "vitest";

import type { Target } from "../src/seams/target.ts";
import type { Admission } from "../src/workflow/admission/admission.ts";
import type { Approval } from "../src/workflow/approval/approval.ts";
import type { Assignment } from "../src/workflow/backend/assignment.ts";
import { openGate } from "../src/workflow/gate/gate.ts";
import type { OnTarget, Permit } from "../src/workflow/gate/permit.ts";
import type { Clearance } from "../src/workflow/policy/judge-changes.ts";
import type { PassedValidation } from "../src/workflow/validation/validation.ts";
import { isTest, sourcesBelow, type SourceFile } from "./architecture/source.ts";

const house = sourcesBelow("src").filter((file) => !isTest(file));

const DISABLE = /^\/\/ oxlint-disable-next-line typescript\/no-unsafe-type-assertion -- (.*)$/;
const THE_ONE_PLACE = /^the one place (?:an?|the) (written )?([\w ]+?) is (?:made|read|read back)$/;

/** Every line that turns off the rule against narrowing assertions, with its words. */
const sources = house.flatMap((file) =>
  file.comments.flatMap(({ text, line }) => {
    const words = DISABLE.exec(text)?.[1];
    return words === undefined ? [] : [{ file, line, words }];
  }),
);

test("this is the whole list of the places where authority is made", async () => {
  const list = sources.map(({ file, words }) => `${file.path}: ${words}`).sort();
  await expect(`${list.join("\n")}\n`).toMatchFileSnapshot("golden/authority.txt");
});

test("the rule against narrowing assertions is turned off for one line at a time, and in the workflow only where a brand is made", () => {
  const disables = house.flatMap((file) =>
    file.comments
      .filter(
        ({ text }) =>
          /lint-disable/.test(text) &&
          (text.includes("no-unsafe-type-assertion") || !text.includes("disable-next-line")),
      )
      .map(({ text, line }) => ({ path: file.path, line, words: DISABLE.exec(text)?.[1] ?? "" })),
  );
  const isOdd = ({ path, words }: { readonly path: string; readonly words: string }): boolean =>
    words === "" || (path.startsWith("src/workflow/") && !THE_ONE_PLACE.test(words));
  expect(disables.filter(isOdd)).toEqual([]);
  expect(disables).toHaveLength(sources.length);
});

test("nothing turns the compiler off", () => {
  const off = house.flatMap(({ path, comments }) =>
    comments.filter(({ text }) => /@ts-(?:ignore|nocheck|expect-error)/.test(text)).map(() => path),
  );
  expect(off).toEqual([]);
});

/** The names after `[brand]:`. */
const brandsIn = ({ tokens }: SourceFile): readonly string[] =>
  tokens.flatMap(({ kind, text }, at) => {
    const isBrand =
      kind === "string" &&
      tokens
        .slice(at - 4, at)
        .map((token) => token.text)
        .join("") === "[brand]:";
    return isBrand ? [text] : [];
  });

const assertionsOf = (brand: string): readonly string[] =>
  house.flatMap(({ path, tokens, imports }) => {
    const isRenamed =
      imports.some(({ names }) => names.includes(brand)) &&
      tokens.some(({ text }, at) => text === brand && tokens[at + 1]?.text === "as");
    const made = tokens.flatMap((token, at) =>
      token.text === "as" && token.kind === "word" && tokens[at + 1]?.text === brand ? [path] : [],
    );
    return [...made, ...(isRenamed ? [`${path} renames it`] : [])];
  });

const brands = [...new Set(house.flatMap(brandsIn))].sort();

test("what must not be forged carries a brand", () => {
  expect(brands).toEqual(
    expect.arrayContaining([
      "Admission",
      "Approval",
      "Clearance",
      "Digest",
      "Oid",
      "PassedValidation",
      "Permit",
      "RunId",
      "TargetPath",
      "WorkId",
    ]),
  );
});

test.each(brands)("a %s is made in one place, and read from writing in one at most", (brand) => {
  const places = sources.filter(({ words }) => THE_ONE_PLACE.exec(words)?.[2] === brand);
  const written = places.filter(({ words }) => THE_ONE_PLACE.exec(words)?.[1] !== undefined);
  expect(places.length - written.length).toBe(1);
  expect(written.length).toBeLessThanOrEqual(1);
  expect([...assertionsOf(brand)].sort()).toEqual(places.map(({ file }) => file.path).sort());
});

test.each([
  ["Admission", "src/workflow/admission/admit.ts"],
  ["Approval", "src/workflow/approval/approve.ts"],
  ["Permit", "src/workflow/gate/gate.ts"],
  ["Clearance", "src/workflow/policy/judge-changes.ts"],
  ["PassedValidation", "src/workflow/validation/judge-validation.ts"],
])("R058 only the judge of its stage makes a %s", (brand, path) => {
  expect(assertionsOf(brand)).toEqual([path]);
});

test("R058 what looks like authority is none: without the brand nothing of it compiles", () => {
  type Looks<T> = { [K in keyof T as K extends string ? K : never]: T[K] };
  const forgedPermit: Looks<Permit> = JSON.parse("{}");
  const forgedApproval: Looks<Approval> = JSON.parse("{}");
  const forgedClearance: Looks<Clearance> = JSON.parse("{}");
  const forgedValidation: Looks<PassedValidation> = JSON.parse("{}");
  const forgedAdmission: Looks<Admission> = JSON.parse("{}");
  const needs = {
    permit: (given: Permit): unknown => given,
    approval: (given: Approval): unknown => given,
    clearance: (given: Clearance): unknown => given,
    validation: (given: PassedValidation): unknown => given,
    admission: (given: Admission): unknown => given,
  };

  // @ts-expect-error -- a Permit without its brand
  needs.permit(forgedPermit);
  // @ts-expect-error -- an Approval without its brand
  needs.approval(forgedApproval);
  // @ts-expect-error -- a Clearance without its brand
  needs.clearance(forgedClearance);
  // @ts-expect-error -- a PassedValidation without its brand
  needs.validation(forgedValidation);
  // @ts-expect-error -- an Admission without its brand
  needs.admission(forgedAdmission);
  // @ts-expect-error -- nothing at all
  needs.permit({});
  // @ts-expect-error -- an Approval is no Permit
  needs.permit(forgedApproval);

  expectTypeOf<Looks<Permit>>().not.toExtend<Permit>();
  expectTypeOf<Permit>().toExtend<Looks<Permit>>();
  expect(Object.keys(needs)).toHaveLength(5);
});

test("R058 the gate gives a Permit or refusals, and nothing else", () => {
  type Answer = ReturnType<typeof openGate>["result"];
  expectTypeOf<Extract<Answer, { ok: true }>["value"]>().toEqualTypeOf<Permit>();
  expectTypeOf<keyof Extract<Answer, { ok: false }>>().toEqualTypeOf<"ok" | "refusals">();
  expect(openGate).toBeTypeOf("function");
});

type FirstOf<T> = T extends (first: infer First, ...rest: never) => unknown ? First : never;
type Needs<Ground> = {
  [K in keyof Target]: [FirstOf<Target[K]>, Ground] extends [Ground, FirstOf<Target[K]>] ? K : never;
}[keyof Target];

test("R058 a target is looked at freely, and written with a Permit or after the owner's rejection only", () => {
  expectTypeOf<Exclude<keyof Target, Needs<Permit> | Needs<OnTarget>>>().toEqualTypeOf<
    | "observe"
    | "listHead"
    | "fingerprint"
    | "manifestOf"
    | "closeWorkspace"
    | "forgetRun"
    | "forgetWorkspace"
    | "replayPatch"
    | "rollback"
  >();
  expectTypeOf<"writeTree" | "prepareCommit" | "commit">().toExtend<Needs<Permit>>();
  // An admitted target may be laid into a stage without an approval; nothing of this reaches the target again.
  expectTypeOf<Needs<OnTarget>>().toEqualTypeOf<"openWorkspace" | "checkout" | "harvest" | "readChange">();
  expectTypeOf<Parameters<Target["prepareCommit"]>>().toEqualTypeOf<[Permit, Clearance, PassedValidation]>();
  expectTypeOf<Parameters<Target["rollback"]>[0]>().toHaveProperty("pathsChanged");
});

test("R002 R070 an Assignment is the work and its bounds: a backend is told nothing that it could choose", () => {
  expectTypeOf<keyof Assignment>().toEqualTypeOf<
    | "run"
    | "task"
    | "allowedPaths"
    | "forbiddenPaths"
    | "allowedHosts"
    | "forbiddenActions"
    | "criteria"
    | "validation"
    | "limits"
    | "words"
  >();
  expectTypeOf<keyof Assignment["criteria"][number]>().toEqualTypeOf<"id" | "text">();
});
