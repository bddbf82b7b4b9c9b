import { expect, test } from "vitest";

import { rewritingAttributes } from "./attributes.ts";

test.each([
  ["*.bin filter=lfs diff=lfs merge=lfs -text", "filter=lfs"],
  ["* ident", "ident"],
  ["*.txt working-tree-encoding=UTF-16LE", "working-tree-encoding=UTF-16LE"],
  ["[attr]calm text filter=x", "filter=x"],
  ['"a name with \\" and spaces" filter=x', "filter=x"],
  ["  *.x\tfilter", "filter"],
  ["*.x text filter=a\r", "filter=a"],
  ['"unclosed filter=x', "filter=x"],
])("the line %j rewrites content", (line, attribute) => {
  expect(rewritingAttributes(Buffer.from(`# first\n${line}\n`))).toEqual([{ line: 2, attribute }]);
});

test.each([
  "# filter=x",
  "filter text",
  '"ident" text',
  "* -filter !ident -working-tree-encoding",
  "* text=auto eol=lf diff=python merge=union export-subst",
  "",
])("the line %j rewrites nothing", (line) => {
  expect(rewritingAttributes(Buffer.from(line))).toEqual([]);
});
