import type { Command, RouteMap } from "@stricli/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildApp } from "../../src/cli/app.ts";
import type { Parsing } from "../../src/cli/context.ts";
import { runId } from "../../src/workflow/ids.ts";
import { admit, approveBy, makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, STEERING } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

const commandsBelow = (target: Command<Parsing> | RouteMap<Parsing>, prefix: string): readonly string[] =>
  "getAllEntries" in target
    ? target
        .getAllEntries()
        .flatMap(({ name, target: inner }) => commandsBelow(inner, `${prefix} ${name.original}`.trim()))
    : [prefix];

/** What each command is given besides --json. A command that is not here does not pass. */
const GIVEN: Readonly<Record<string, string>> = {
  demo: "--dir .",
  init: "again --owner jp --key owner-key.pub",
  doctor: "--only ledger",
  status: "",
  notices: "",
  serve: "--port 65536",
  explain: "states",
  completion: "bash",
  mcp: "",
  lsp: "",
  "audit log": "",
  "audit verify": "",
  "audit export": "",
  "packet lint": "",
  "packet new": "--title T",
  "packet list": "",
  "packet show": "CTO-WORK-049",
  "packet preview": "CTO-WORK-049",
  "packet diff": "CTO-WORK-049",
  "packet reviewed": `CTO-WORK-049 --sha256 ${"0".repeat(64)}`,
  "work list": "",
  "work show": "CTO-WORK-049",
  "target admit": "target --key owner-key",
  "target list": "",
  "target show": "CTO-SAMPLE",
  "target check": "CTO-SAMPLE",
  "target suspend": "CTO-SAMPLE --reason r",
  "target revoke": "CTO-SAMPLE --reason r",
  approve: "CTO-WORK-049 --sentence-file - --key owner-key",
  "approval list": "",
  "approval show": "ap-1",
  "approval withdraw": "CTO-WORK-049 --reason r",
  gate: "CTO-WORK-049",
  sandbox: "CTO-WORK-049 true",
  run: "CTO-WORK-949",
  watch: "R-049-01",
  stop: "R-049-01",
  "config get": "",
  "config where": "",
  "config set": "limits.wallMs 5",
  "upgrade-check": "",
  "sot lint": "",
  "sot write": "",
  runs: "",
  show: "R-049-01",
  logs: "R-049-01",
  diff: "R-049-01",
  verify: "R-049-01",
  replay: "R-049-01",
  "agents list": "",
  "agents show": "gemini",
  "agents probe": "gemini",
  "keys make": "",
  "keys list": "",
  "keys rotate": "nobody",
  "keys trust": "--key owner-key",
  worker: "--once",
  backup: "home.tar",
  restore: "absent.tar elsewhere",
  "archive push": "",
  "archive check": "",
  "archive prune": "--older-than 90d",
  "store check": "",
  "store migrate": "",
  "store copy": "--to sqlite",
  outcome: "R-049-01 --reject --reason r --key owner-key",
  rollback: "R-049-01 --dry-run",
};

const COMMANDS = commandsBelow(buildApp().root, "");

test.each(COMMANDS)("R128 cto %s --json prints exactly one line on stdout, whatever it answers", async (command) => {
  const given = GIVEN[command];
  if (given === undefined) throw new Error(`what is ${command} given?`);
  const argv = [...command.split(" "), ...given.split(" ").filter((word) => word !== ""), "--json"];
  const said = await runCto(argv, { home: ground.home, cwd: ground.root, input: "no" });
  const { ok, refusals, schema } = jsonOf(said);
  expect(ok).toBe(said.exit === 0);
  expect(schema).not.toBe("cto.bug.v1");
  for (const refusal of refusals as readonly object[])
    expect(refusal).toMatchObject({
      code: expect.stringMatching(/^[a-z]+\/[a-z-]+$/),
      message: expect.any(String),
      next: expect.any(String),
    });
});

const STEERS = "\u009b31mred\u202e\u2066\u00ad\u{e0041}\ue000\u2028end";

test("R128 what an agent says steers no terminal in the lines of --jsonl, and their values are those of the log", async () => {
  const played = await makeGround();
  try {
    await lookInto(played.home, (world) => admit(world, played));
    await played.plays([{ say: STEERS }, { stop: "refusal" }]);
    expect(await lookInto(played.home, (world) => approveBy(world, played))).toEqual([]);
    const argv = ["run", played.work, "--jsonl", "--quiet"];
    const { stdout } = await runCto(argv, { home: played.home, env: openSwitches("scripted") });
    expect(stdout.replaceAll("\n", "")).not.toMatch(STEERING);
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/u);
    const events = await lookInto(played.home, (world) => world.store.facts(runId(played.work, 1)));
    const printed = stdout.trimEnd().split("\n");
    expect(events.join("")).toContain(STEERS);
    expect(printed.map((line): unknown => JSON.parse(line))).toEqual(
      events.slice(0, printed.length).map((line): unknown => JSON.parse(line)),
    );
  } finally {
    await played.close();
  }
}, 60_000);
