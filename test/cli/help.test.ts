import type { Command, RouteMap } from "@stricli/core";
import { expect, test } from "vitest";

import { buildApp } from "../../src/cli/app.ts";
import type { Parsing } from "../../src/cli/context.ts";
import { runCto } from "./cli.ts";

type Target = Command<Parsing> | RouteMap<Parsing>;

const routesBelow = (target: Target, prefix: readonly string[]): readonly (readonly string[])[] =>
  "getAllEntries" in target
    ? [
        prefix,
        ...target.getAllEntries().flatMap(({ name, target: inner }) => routesBelow(inner, [...prefix, name.original])),
      ]
    : [prefix];

const ROUTES = routesBelow(buildApp().root, []);
const COMMANDS = ROUTES.filter(
  (route) => !ROUTES.some((other) => other.length > route.length && route.every((word, at) => other[at] === word)),
);

test.each(ROUTES.map((route) => [["cto", ...route].join(" "), route] as const))(
  "R129 the help of %s is the golden page",
  async (name, route) => {
    const said = await runCto([...route, "--help"]);
    expect(said).toMatchObject({ exit: 0, stderr: "" });
    expect(said.stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(24);
    await expect(said.stdout).toMatchFileSnapshot(`../golden/cli/${name.replaceAll(" ", "-")}.txt`);
  },
);

test.each(COMMANDS.map((route) => [["cto", ...route].join(" "), route] as const))(
  "R129 the help of %s begins with examples of itself and ends with exit codes",
  async (name, route) => {
    const { stdout } = await runCto([...route, "--help"]);
    const [, , example = ""] = stdout.split("\n");
    expect(example.trim().startsWith(name)).toBe(true);
    expect(stdout).toMatch(/^exit {4}0/m);
    expect(stdout).toContain("--json");
  },
);

test("R129 the first page names every command", async () => {
  const { stdout } = await runCto([]);
  const listed = stdout
    .split("\n")
    .flatMap((line) => /^ {2}((?:[a-z-]+, )*[a-z-]+) {2,}\S/.exec(line)?.[1]?.split(", ") ?? []);
  expect(listed.toSorted()).toEqual([...new Set(ROUTES.flatMap(([first]) => first ?? []))].toSorted());
});

test("R129 no arguments is a question for help, and not a mistake", async () => {
  expect(await runCto([])).toEqual(await runCto(["--help"]));
  expect(await runCto([])).toMatchObject({ exit: 0 });
});

test("cto --version prints one line", async () => {
  expect(await runCto(["--version"])).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+.*\n$/) });
});
