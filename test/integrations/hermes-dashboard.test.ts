import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";

import { afterEach, beforeEach, expect, test } from "vitest";

const DASHBOARD = path.join(import.meta.dirname, "../../integrations/hermes/dashboard");

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "cto-tile-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const seal = (run: string, summary: object | string, decided = false): void => {
  const folder = path.join(home, ".cto/runs", run);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "control-surface.json"),
    typeof summary === "string" ? summary : JSON.stringify(summary),
  );
  if (!decided) return;
  mkdirSync(`${folder}.addenda`);
  writeFileSync(path.join(`${folder}.addenda`, "outcome.json"), "{}");
};

const summary = (run: string, more: object = {}): object => ({
  schema: "cto/control-surface/v1",
  run,
  work: "CTO-WORK-049",
  state: "awaiting_outcome",
  says: "Awaiting outcome",
  commit: { id: "a".repeat(40) },
  criteria: [{ id: "C1", status: "proven" }],
  deniedAttempts: 0,
  ...more,
});

// As Hermes loads it: its router is FastAPI's, which only records here what is asked of it.
const LOADED = `
import json, os, sys, types
asked = []
class Router:
    def __getattr__(self, method):
        return lambda path: lambda verb: asked.append((method, path, verb)) or verb
fastapi = types.ModuleType("fastapi"); fastapi.APIRouter = Router; sys.modules["fastapi"] = fastapi
sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True
import plugin_api
print(json.dumps({"routes": [[method, path] for method, path, _ in asked], "answer": asked[0][2]()}))
`;

const serve = (
  cto: string | undefined = home,
): { readonly routes: unknown; readonly answer: Readonly<Record<string, unknown>> } =>
  JSON.parse(
    execFileSync("/usr/bin/python3", ["-I", "-c", LOADED, DASHBOARD], {
      encoding: "utf8",
      env: cto === undefined ? {} : { CTO_HOME: cto },
    }),
  ) as ReturnType<typeof serve>;

test("it serves one route, by GET, and counts the sealed runs that nobody has decided", () => {
  seal("R-049-01", summary("R-049-01"), true);
  seal("R-049-02", summary("R-049-02"));
  seal("R-049-03", summary("R-049-03", { state: "voided", says: "Voided", commit: null, deniedAttempts: 2 }));
  const { routes, answer } = serve();
  expect(routes).toEqual([["get", "/runs"]]);
  expect(answer).toMatchObject({ available: true, needsYou: 1, total: 3 });
  expect(answer["runs"]).toContainEqual(expect.objectContaining({ run: "R-049-03", deniedAttempts: 2, commit: null }));
});

test.each([
  ["no home", "", {}],
  ["a relative home", "home", {}],
  ["a home that is not there", "/nonexistent/home", {}],
])("%s: unavailable, and no number", (_, given) => {
  const { answer } = serve(given);
  expect(answer["available"]).toBe(false);
  expect(answer).not.toHaveProperty("needsYou");
});

test.each<[string, object | string]>([
  ["no JSON", "{"],
  ["another run's", summary("R-049-09")],
  ["of another form", { schema: "cto/report/v1" }],
  ["too large", `"${"x".repeat(1_100_000)}"`],
])("a summary that is %s makes the count unknown, never smaller", (_, told) => {
  seal("R-049-01", summary("R-049-01"));
  seal("R-049-02", told);
  const { answer } = serve();
  expect(answer).toMatchObject({ available: true, needsYou: null });
  expect(answer["runs"]).toContainEqual(expect.objectContaining({ run: "R-049-02", available: false }));
});

test("a link in the place of a summary is not followed", () => {
  const elsewhere = path.join(home, "elsewhere.json");
  writeFileSync(elsewhere, JSON.stringify(summary("R-049-01")));
  mkdirSync(path.join(home, ".cto/runs/R-049-01"), { recursive: true });
  symlinkSync(elsewhere, path.join(home, ".cto/runs/R-049-01/control-surface.json"));
  expect(serve().answer["runs"]).toEqual([expect.objectContaining({ available: false })]);
});

/** The texts that the tile draws, with a React that draws nothing but a tree. */
const drawn = (told: unknown): { readonly page: string; readonly badge: string; readonly asked: readonly string[] } => {
  const parts = new Map<string, () => unknown>();
  const asked: string[] = [];
  const createElement = (type: unknown, props: object | null, ...children: readonly unknown[]): unknown =>
    typeof type === "function" ? (type as (given: object | null) => unknown)(props) : { type, props, children };
  const sdk = {
    React: { createElement },
    hooks: { useEffect: (begin: () => unknown) => void begin(), useState: () => [told, () => undefined] },
    fetchJSON: (url: string) => {
      asked.push(url);
      return Promise.resolve(told);
    },
  };
  const registry = {
    register: (_name: string, page: () => unknown) => void parts.set("page", page),
    registerSlot: (_name: string, slot: string, part: () => unknown) => void parts.set(slot, part),
  };
  const window = { __HERMES_PLUGIN_SDK__: sdk, __HERMES_PLUGINS__: registry };
  runInNewContext(readFileSync(path.join(DASHBOARD, "dist/index.js"), "utf8"), {
    window,
    setInterval: () => 0,
    clearInterval: () => undefined,
  });
  return { page: JSON.stringify(parts.get("page")?.()), badge: JSON.stringify(parts.get("header-right")?.()), asked };
};

test("the tile shows a number only where there is one, and steers nothing", () => {
  seal("R-049-02", summary("R-049-02", { says: "Awaiting \u202eoutcome<script>" }));
  const { page, badge, asked } = drawn(serve().answer);
  expect(badge).toContain("needs you: 1");
  expect(page).toContain("Awaiting <U+202E>outcome<script>");
  expect(page).toContain("http://localhost:4049/r/R-049-02");
  expect(page).not.toMatch(/"(?:button|form|input|dangerouslySetInnerHTML)"/);
  expect(new Set(asked)).toEqual(new Set(["/api/plugins/cto-harness/runs"]));
  for (const told of [{ available: false, why: "gone" }, { available: true, needsYou: null, runs: [], total: 0 }, {}])
    expect([drawn(told).badge.includes("unavailable"), /needs you: \d/.test(drawn(told).badge)]).toEqual([true, false]);
});
