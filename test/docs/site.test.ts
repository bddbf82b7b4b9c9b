import { readFileSync } from "node:fs";
import { posix } from "node:path";

import { expect, test } from "vitest";

import { NAV } from "../../tools/manual/nav.mjs";
import { builtFiles, SITE } from "./built-site.ts";

const files = builtFiles();
const pages = files.filter((file) => file.endsWith(".html"));
const textOf = new Map(pages.map((page) => [page, readFileSync(posix.join(SITE, page), "utf8")]));
const html = (page: string): string => textOf.get(page) ?? "";
const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);
const idsOf = new Map(pages.map((page) => [page, new Set(all(html(page), / id="([^"]+)"/g))]));
const listed = NAV.flatMap(([, entries]) => entries.map(([to]) => to));

/** Where a link of a page leads to that is not there; undefined for one that leads somewhere, or out of the site. */
const broken = (page: string, to: string): string | undefined => {
  if (/^(?:https:|data:)/.test(to)) return undefined;
  const [address = "", id] = to.split("#");
  const file = address === "" ? page : posix.join(posix.dirname(page), address);
  if (address.startsWith("/") || !files.includes(file)) return `${page} -> ${to}`;
  return id === undefined || idsOf.get(file)?.has(id) === true ? undefined : `${page} -> ${to}, which has no such part`;
};

test("the site has every page of its navigation, and each page belongs to it", () => {
  expect(listed.filter((page) => !pages.includes(page))).toEqual([]);
  const folders = listed.filter((page) => page.endsWith("/index.html")).map((page) => posix.dirname(page));
  const lost = pages.filter((page) => !listed.includes(page) && !folders.includes(posix.dirname(page)));
  expect(lost).toEqual([]);
});

test("every link leads to a file of the site, or over https out of it, and every part that it names is there", () => {
  const links = pages.flatMap((page) => all(html(page), / (?:href|src)="([^"]*)"/g).map((to) => [page, to] as const));
  expect(links.length).toBeGreaterThan(1000);
  expect(links.flatMap(([page, to]) => broken(page, to) ?? [])).toEqual([]);
});

test.each([
  ["nowhere.html", "index.html -> nowhere.html"],
  ["store.html#no-such-part", "index.html -> store.html#no-such-part, which has no such part"],
  ["../../../etc/passwd", "index.html -> ../../../etc/passwd"],
  ["/store.html", "index.html -> /store.html"],
  ["http://example.org", "index.html -> http://example.org"],
  ["javascript:alert(1)", "index.html -> javascript:alert(1)"],
])("a link to %s would be found", (to, said) => {
  expect(broken("index.html", to)).toBe(said);
});

test("no page holds a script, a style of its own, or anything that comes from elsewhere", () => {
  const bad = /<script|<style|<iframe|<form| style=| on\w+=|<(?:img|link|source)[^>]+(?:src|href)="(?!data:,)[a-z]+:/i;
  expect(pages.filter((page) => bad.test(html(page)))).toEqual([]);
  expect(bad.test('<img src="https://example.org/x.png">')).toBe(true);
});

test("every page has one heading of the first rank, and a title of its own", () => {
  expect(pages.filter((page) => all(html(page), /<h1[ >]/g).length !== 1)).toEqual([]);
  const titles = pages.map((page) => all(html(page), /<title>([^<]*)<\/title>/g)[0]);
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

test("every row of the comparison names its source", () => {
  const tables = html("comparison.html")
    .split("<tr>")
    .slice(1)
    .filter((row) => row.includes("<td>") && !row.includes("<th>"));
  expect(tables.length).toBeGreaterThan(20);
  const bare = tables.filter((row) => !row.includes("href=") && !row.includes("<td>as above</td>"));
  expect(bare).toEqual([]);
});
