import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const HOME = "/absolute/path/of/the/home";

const blocks = [...read("integrations/README.md").matchAll(/```(json|toml)\n([\s\S]*?)```/g)].map(
  ([, kind = "", text = ""]) => [kind, text] as const,
);

test.each(blocks)("the %s settings start cto mcp over a home, with nothing else: %s", (kind, text) => {
  const words = (kind === "json" ? JSON.stringify(JSON.parse(text)) : text)
    .match(/"[^"]*"/g)
    ?.map((word) => word.slice(1, -1));
  expect(words?.slice(words.indexOf("cto"))).toEqual(expect.arrayContaining(["cto", "mcp", "--home", HOME]));
  expect(text).not.toMatch(/env|http|CTO_/);
});

test("the pages of Claude, Codex, opencode and VS Code each have one", () => {
  expect(blocks).toHaveLength(4);
});

test("Hermes is given tools that there are, no environment and no prompt", () => {
  const { mcp_servers: servers } = parse(read("integrations/hermes/mcp.yaml")) as {
    readonly mcp_servers: {
      readonly cto_harness: {
        readonly args: readonly string[];
        readonly tools: { readonly include: readonly string[] };
      };
    };
  };
  const { args, tools, ...rest } = servers.cto_harness;
  expect([args, rest]).toEqual([["mcp", "--home", HOME], { command: "cto" }]);
  const offered = read("test/golden/mcp-names.txt");
  for (const name of tools.include) expect(offered).toContain(`tool      ${name}(`);
  const skill = read("integrations/hermes/skill/SKILL.md");
  for (const [name] of skill.matchAll(/cto_[a-z_]+/g)) expect(`${offered} cto_harness(`).toContain(`${name}(`);
  expect(parse(skill.split("---")[1] ?? "")).toMatchObject({ name: "cto-harness", version: "0.1.0" });
});
