import { expect, test } from "vitest";

import { sourceFile } from "./source.ts";
import { scan } from "./tokens.ts";

const PATH = "src/harness/a.ts";
const named = (text: string): readonly string[] => sourceFile(PATH, text).imports.map(({ from }) => from);

test.each([
  ['import "./x.ts";', "./x.ts"],
  ['import { a } from "./x.ts";', "./x.ts"],
  ['import type { a } from "./x.ts";', "./x.ts"],
  ['import a, { type b as c } from "./x.ts";', "./x.ts"],
  ['import * as all from "./x.ts";', "./x.ts"],
  ['import {\n  a,\n  b,\n} from "./x.ts";', "./x.ts"],
  ['export { a } from "./x.ts";', "./x.ts"],
  ['export type { a } from "./x.ts";', "./x.ts"],
  ['export * from "./x.ts";', "./x.ts"],
  ['export * as all from "./x.ts";', "./x.ts"],
  ['const a = await import("./x.ts");', "./x.ts"],
  ['type A = import("./x.ts").A;', "./x.ts"],
  ["const a = () => import('./x.ts');", "./x.ts"],
  ['const a = `${await import("./x.ts")}`;', "./x.ts"],
  ["const r = /[/\"]/; import './x.ts';", "./x.ts"],
  ['await import(["./x", ".ts"].join(""));', "a computed name"],
  ["await import(`./${name}.ts`);", "a computed name"],
])("%j names %s", (text, from) => {
  expect(named(text)).toEqual([from]);
});

test.each([
  '// import "./x.ts";',
  '/* import { a } from "./x.ts"; */',
  "const text = 'import { a } from \"./x.ts\"';",
  'const text = `import "./x.ts"`;',
  'export const from = "./x.ts";',
  'export type From = { from: "./x.ts" };',
  "const here = import.meta.url;",
  'facts.import("./x.ts");',
])("%j names nothing", (text) => {
  expect(named(text)).toEqual([]);
});

test("a name is found from the folder of the file that says it", () => {
  expect(sourceFile("src/a/b/c.ts", 'import "../../d/e.ts";').imports[0]?.file).toBe("src/d/e.ts");
});

test("what is imported as a type is told apart, with the names as the other file has them", () => {
  const [whole, parts, both] = sourceFile(
    PATH,
    'import type { A } from "./a.ts"; export { type B, type C as D } from "./b.ts"; import { type E, f as g } from "./c.ts";',
  ).imports;
  expect([whole?.isType, parts?.isType, both?.isType]).toEqual([true, true, false]);
  expect([whole?.names, parts?.names, both?.names]).toEqual([["A"], ["B", "C"], ["E", "f"]]);
});

test("strings, templates, patterns and comments end where they end", () => {
  const { tokens, comments } = scan('a("x\\"y", `1${{ b: `2${c}3` }.b}4`, /"[/"]`/g, d / e / f); // "g"\n/* `h` */ i');
  expect(tokens.filter(({ kind }) => kind === "string").map(({ text }) => text)).toEqual(['x"y', "1", "2", "3", "4"]);
  expect(tokens.filter(({ kind }) => kind === "regex").map(({ text }) => text)).toEqual(['/"[/"]`/g']);
  expect(comments.map(({ text, line }) => [text, line])).toEqual([
    ['// "g"', 1],
    ["/* `h` */", 2],
  ]);
  expect(tokens.at(-1)).toEqual({ kind: "word", text: "i", line: 2 });
});
