import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { jsonOf, runCto } from "../cli/cli.ts";
import { gitIn } from "./ended.ts";

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "cto-demo-test-")));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Told {
  readonly home: string;
  readonly target: string;
  readonly run: string;
  readonly steps: readonly { readonly name: string; readonly asExpected: boolean; readonly says: string }[];
  readonly decisive: { readonly command: string; readonly exit: number };
}

interface Story {
  readonly exit: number;
  /** Commits that the target ends with; the first is its base. */
  readonly commits: number;
  readonly verify: number;
}

const STORIES: readonly (readonly [scenario: string, story: Story])[] = [
  ["accept", { exit: 0, commits: 2, verify: 0 }],
  ["reject", { exit: 0, commits: 3, verify: 0 }],
  ["violation", { exit: 6, commits: 1, verify: 0 }],
  ["tamper", { exit: 5, commits: 2, verify: 5 }],
];

test.each(STORIES)(
  "R130 cto demo --scenario %s ends as told, and the target is where it says",
  async (scenario, story) => {
    const said = await runCto(["demo", "--scenario", scenario, "--dir", path.join(root, scenario), "--json"], {
      env: { HOME: root },
    });
    const { home, target, run, steps, decisive } = jsonOf(said) as unknown as Told;
    expect(steps.filter(({ asExpected }) => !asExpected)).toEqual([]);
    expect([said.exit, decisive.exit]).toEqual([0, story.exit]);

    expect(gitIn(target, "rev-list", "--count", "--all").trim()).toBe(String(story.commits));
    expect(gitIn(target, "status", "--porcelain", "--ignored")).toBe("");
    expect(existsSync(path.join(target, ".env"))).toBe(false);
    if (scenario === "reject")
      expect(gitIn(target, "rev-parse", "HEAD^{tree}")).toBe(gitIn(target, "rev-parse", "HEAD~2^{tree}"));
    const bundle = path.join(home, ".cto", "runs", run);
    expect((await runCto(["verify", bundle, "--trust", path.join(home, ".sot/authority/allowed_signers")])).exit).toBe(
      story.verify,
    );
  },
);
