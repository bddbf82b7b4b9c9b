import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import { carried, longWebFiles, sinks, type WebFile } from "./browser.ts";
import { filesBelow, ROOT } from "./source.ts";

const web: readonly WebFile[] = filesBelow("src/control-surface/web", ".ts", ".tsx", ".html", ".css")
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file) => ({ path: file, text: readFileSync(path.join(ROOT, file), "utf8") }));
const scripts = web.filter(({ path: file }) => /\.tsx?$/.test(file));

const one = (text: string): readonly WebFile[] => [{ path: "src/control-surface/web/pages/a.tsx", text }];

test("what the browser carries: preact and its signals, the client's own files, words that every surface shares", () => {
  expect(scripts.length).toBeGreaterThan(10);
  expect(carried(scripts)).toEqual([]);
});

test.each([
  'import { z } from "zod";',
  'import "shiki";',
  'import { runObject } from "../../../harness/objects/run-object.ts";',
  'export * from "../../../workflow/refusal.ts";',
  'const late = await import("../../../harness/reading.ts");',
  'import {\n  digestOf,\n} from "../../../workflow/digest.ts";',
])("what the browser carries: %s is found", (text) => {
  expect(carried(one(text))).toHaveLength(1);
});

test.each([
  'import type { Api } from "../../api.ts";',
  'import { visible } from "../../../workflow/visible-text.ts";',
  'import { useState } from "preact/hooks";',
  'const page = import("./runs.tsx");',
])("what the browser carries: %s is none of that", (text) => {
  expect(carried(one(text))).toEqual([]);
});

test("no text becomes markup or script anywhere in the client", () => {
  expect(sinks(web)).toEqual([]);
});

test.each([
  "<p dangerouslySetInnerHTML={{ __html: text }} />",
  "place.innerHTML = text",
  'place.insertAdjacentHTML("beforeend", text)',
  '<a href="javascript:void 0">x</a>',
  '<body onload="x()">',
  'setTimeout("x()", 1)',
  "new Function(text)",
])("no text becomes markup: %s is found", (text) => {
  expect(sinks(one(text)).length).toBeGreaterThan(0);
});

test("no file of the client holds two ideas", () => {
  expect(longWebFiles(web)).toEqual([]);
  expect(longWebFiles(one("line\n".repeat(251)))).toHaveLength(1);
});
