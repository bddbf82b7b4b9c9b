import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

const WEB = path.join(import.meta.dirname, "../../dist/web");
const KB = 1000;

const packed = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(WEB, file))).length, 0) / KB;

const all = readdirSync(path.join(WEB, "assets")).map((name) => `assets/${name}`);

/** A script and every script that it cannot run without. */
const withImports = (script: string, found: Set<string> = new Set()): ReadonlySet<string> => {
  if (found.has(script)) return found;
  found.add(script);
  const text = readFileSync(path.join(WEB, script), "utf8");
  for (const [, name] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.js)"/g))
    withImports(`assets/${name}`, found);
  return found;
};

const firstOf = (page: string): ReadonlySet<string> => {
  const html = readFileSync(path.join(WEB, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/(assets\/[\w.-]+\.js)"/g)].map(([, file = ""]) => file);
  const own = all.filter((file) => new RegExp(`^assets/${page}-[\\w-]{8}\\.js$`).test(file));
  // A name that is shared by several would be counted for the wrong page.
  expect([named.length > 0, own.length]).toEqual([true, 1]);
  const found = new Set<string>();
  for (const script of [...named, ...own]) withImports(script, found);
  return found;
};

test.each(["inbox", "run", "runs"])(
  "the page %s brings at most 45 kB of script, packed, where it is the first",
  (page) => {
    const scripts = firstOf(page);
    expect(scripts.size).toBeGreaterThan(2);
    expect(packed(scripts)).toBeLessThanOrEqual(45);
  },
);

test("all pages together bring at most 90 kB of script, 12 kB of style and 80 kB of fonts", () => {
  const sum = (ending: string): number => packed(all.filter((file) => file.endsWith(ending)));
  expect(sum(".js")).toBeGreaterThan(20);
  expect(sum(".js")).toBeLessThanOrEqual(90);
  expect(sum(".css")).toBeGreaterThan(1);
  expect(sum(".css")).toBeLessThanOrEqual(12);
  expect(sum(".woff2")).toBeLessThanOrEqual(80);
});
