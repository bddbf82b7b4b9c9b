import { readdirSync } from "node:fs";

import { expect, test } from "vitest";

import { Failure, FAILURES, isFailureCode } from "./failure.ts";
import { isRefusalCode, meaningOf, refusal, REFUSALS, wordsOf, type Refusal, type RefusalCode } from "./refusal.ts";
import { STAGES } from "./stages.ts";

const codes = Object.keys(REFUSALS).filter(isRefusalCode);

/** Every name in braces in the texts of a code, each with a fact that shows where it went. */
const factsFor = (code: RefusalCode): Refusal["facts"] => {
  const { says, next } = meaningOf(code);
  return Object.fromEntries([...`${says}${next}`.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, `<${name}>`]));
};

const HEADS: ReadonlySet<string> = new Set([
  ...STAGES,
  "work",
  "config",
  "verify",
  "rollback",
  "replay",
  "ledger",
  "surface",
  "notify",
]);

test.each(codes)(
  "%s is a stage and what is wrong, says it with its facts, names one next step and knows why",
  (code) => {
    expect(code).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(HEADS).toContain(code.split("/")[0]);

    const { says, next, why } = meaningOf(code);
    // Where the exact words are what helps, the sentence ends with them.
    expect(says).toMatch(/(?:\.|: [^.]+)$/);
    expect(next).toMatch(/\S{2}/);
    expect(next).not.toMatch(/[.!]$/);
    expect(why).toMatch(/^\S.*\.$/);
    for (const text of [says, next, why]) expect(text).not.toMatch(/^\s|\s$|[\n\t]| {2}|\bplease\b|\bsorry\b|!/i);

    const words = wordsOf({ code, facts: factsFor(code) });
    expect([words.says, words.next]).toEqual(
      [says, next].map((text) => text.replaceAll("{", "<").replaceAll("}", ">")),
    );
    expect(`${words.says}${words.next}${why}`).not.toMatch(/[{}]/);
  },
);

test("a code belongs to one table, and every table counts", async () => {
  const tables = readdirSync(new URL("refusals/", import.meta.url)).filter((name) => name.endsWith(".ts"));
  const modules: readonly Record<string, object>[] = await Promise.all(
    tables.map((name) => import(new URL(`refusals/${name}`, import.meta.url).href)),
  );
  const all = modules.flatMap((module) => Object.values(module).flatMap((table) => Object.keys(table)));
  expect(all.toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
});

test.each(["{owner}", "$&", "$1", "{", "\u0000", "{by}{by}", "constructor"])(
  "a hostile fact %j stays the text that it is",
  (by) => {
    const said = wordsOf(refusal("outcome/not-the-owner", { by, owner: "jp" })).says;
    expect(said).toBe(`The signature is by ${by}, the owner is jp.`);
  },
);

test("a number is told as it is, zero too, and a place is kept", () => {
  const at = { file: "P.md", line: 3, column: 9 };
  const no = refusal("packet/too-large", { bytes: 0, max: 262_144 }, at);
  expect(wordsOf(no).says).toContain("has 0 bytes");
  expect(no.at).toEqual(at);
  expect(refusal("packet/too-large", { bytes: 1, max: 2 })).not.toHaveProperty("at");
});

test.each([
  "",
  "toString",
  "constructor",
  "__proto__",
  "packet/",
  "packet/too-large ",
  "PACKET/TOO-LARGE",
  "packet/none",
])("%j is no code", (code) => {
  expect(isRefusalCode(code)).toBe(false);
  expect(isFailureCode(code)).toBe(false);
});

test("a refusal without its facts, with another's, or with a code that nobody knows does not compile", () => {
  // @ts-expect-error -- a fact is missing
  refusal("outcome/not-the-owner", { by: "x" });
  // @ts-expect-error -- a fact that the texts do not speak of
  refusal("outcome/run-unknown", { run: "R-049-01", by: "x" });
  // @ts-expect-error -- a code that is in no table
  refusal("outcome/never-heard-of", {});
  // @ts-expect-error -- a fact is text or a number
  refusal("outcome/run-unknown", { run: true });
  expect(refusal("outcome/run-unknown", { run: "R-049-01" })).toEqual({
    code: "outcome/run-unknown",
    facts: { run: "R-049-01" },
  });
});

const WORLD: ReadonlySet<string> = new Set([
  "archive",
  "backup",
  "relay",
  "backend",
  "engine",
  "evidence",
  "home",
  "keys",
  "sandbox",
  "store",
  "target",
]);

test.each(Object.entries(FAILURES))("%s is a part of the world and what broke, with one next step", (code, next) => {
  expect(code).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(WORLD).toContain(code.split("/")[0]);
  expect(next).toMatch(/^\S.*[^\s.!]$/);
  expect(next).not.toMatch(/[{}\n]/);
  expect(isRefusalCode(code)).toBe(false);
});

test("a Failure keeps its cause and says whether the same command may be given again", () => {
  const cause = new Error("EIO");
  expect(new Failure("store/busy", "The ledger is held.", { cause, retry: true })).toMatchObject({
    name: "Failure",
    code: "store/busy",
    message: "The ledger is held.",
    cause,
    retry: true,
  });
  expect(new Failure("store/corrupt", "It does not recompute.").retry).toBe(false);
});
