import { expect, test } from "vitest";

import { parseDuration, relative, sayDuration } from "../../src/cli/duration.ts";
import { pick } from "../../src/cli/pick.ts";
import { nearest } from "../../src/workflow/nearest.ts";
import { jsonOf, runCto } from "./cli.ts";

const MISTAKES: readonly (readonly [what: string, argv: readonly string[], says: string, next: string])[] = [
  ["an unknown command", ["gaet"], "there is no command gaet; did you mean gate?", "cto --help"],
  ["a command that is a property of every object", ["constructor"], "there is no command constructor", "cto --help"],
  [
    "an unknown command of a group",
    ["packet", "lnt"],
    "there is no command lnt; did you mean lint?",
    "cto packet --help",
  ],
  ["an unknown flag", ["gate", "X", "--jsn"], "there is no flag --jsn; did you mean --json?", "cto gate --help"],
  [
    "a flag that is a property of every object",
    ["gate", "X", "--toString"],
    "there is no flag --toString",
    "cto gate --help",
  ],
  ["an unknown letter", ["gate", "X", "-z"], "there is no flag -z", "cto gate --help"],
  ["an argument that is missing", ["gate"], "WORK-ID is needed", "cto gate --help"],
  ["an argument too many", ["gate", "a", "b"], '"b" is one argument too many, one is expected', "cto gate --help"],
  ["a flag that is missing", ["target", "admit", "x"], "--key is needed", "cto target admit --help"],
  [
    "a flag in the place of a value",
    ["target", "admit", "x", "--key", "--id"],
    "--key is needed, found --id in its place",
    "cto target admit --help",
  ],
  [
    "a flag given twice",
    ["runs", "--state", "a", "--state", "b"],
    '--state is given once, found it again with "b"',
    "cto runs --help",
  ],
  [
    "a word that is not one of a few",
    ["packet", "lint", "--format", "jsn"],
    '--format is one of text, json, sarif, github, not "jsn"',
    "cto packet lint --help",
  ],
  [
    "a duration without a unit",
    ["approve", "X", "--expires", "90"],
    '--expires: "90" cannot be read, it takes a whole number and one of s, m, h, d, such as 90d, 24h or 30m',
    "cto approve --help",
  ],
  [
    "a count of nothing",
    ["runs", "--limit", "0"],
    '--limit: "0" cannot be read, it takes a whole number from 1 to 9999999',
    "cto runs --help",
  ],
  [
    "a stage that is no number",
    ["target", "admit", "x", "--key", "k", "--stage", "five"],
    '--stage: "five" cannot be read, it takes a whole number from 0',
    "cto target admit --help",
  ],
  ["hidden characters", ["ga\u202Ete"], "there is no command ga<U+202E>te; did you mean gate?", "cto --help"],
];

test.each(MISTAKES)(
  "R128 %s is told with the next step, exit 2, and nothing on stdout",
  async (_, argv, says, next) => {
    expect(await runCto(argv)).toEqual({ exit: 2, stdout: "", stderr: `usage     ${says}\nnext      ${next}\n` });
  },
);

test.each(MISTAKES)(
  "R128 with --json %s is one line on stdout and nothing on stderr",
  async (_, argv, message, next) => {
    const said = await runCto(["--json", ...argv]);
    expect(said).toMatchObject({ exit: 2, stderr: "" });
    expect(jsonOf(said)).toEqual({ schema: "cto.usage.v1", ok: false, refusals: [], usage: { message, next } });
  },
);

test("R128 with --json help is one line as well", async () => {
  expect(jsonOf(await runCto(["--json"]))).toMatchObject({ schema: "cto.help.v1", ok: true });
  expect(jsonOf(await runCto(["gate", "--help", "--json"]))).toMatchObject({ schema: "cto.help.v1", ok: true });
});

test("R128 common flags may stand before the command, and what stands behind -- is no flag", async () => {
  expect(jsonOf(await runCto(["--json", "--quiet", "explain", "3"]))).toMatchObject({ code: "3" });
  expect((await runCto(["explain", "--", "--json"])).stderr).toContain("nothing is called --json");
});

test("R128 a home that is not there is a failure with its code and whether it may be retried", async () => {
  const said = await runCto(["status", "--json"]);
  expect(said).toMatchObject({ exit: 4, stderr: "" });
  expect(jsonOf(said)).toMatchObject({ schema: "cto.failure.v1", failure: { code: "home/absent", retry: false } });
  expect(await runCto(["status"])).toMatchObject({
    exit: 4,
    stdout: "",
    stderr: expect.stringMatching(/^failed {4}home\/absent {2}.*\nnext .*\nmay be retried: no\n$/),
  });
});

test.each([
  ["90d", 90 * 86_400_000],
  ["24h", 86_400_000],
  ["30m", 1_800_000],
  ["45s", 45_000],
])("%s is %d milliseconds", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "90", "d", "1.5h", "-1h", " 1h", "1 h", "1h30m", "1w", "0s", "99999d", "1e3s", "０d"])(
  "%j is no duration",
  (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  },
);

test("durations are said in their two largest units, hours up to two days", () => {
  expect([86_400_000, 90 * 86_400_000, 3_900_000, 999, 61_000].map(sayDuration)).toEqual([
    "24 h",
    "90 d",
    "1 h 5 m",
    "1 s",
    "1 m 1 s",
  ]);
});

test("moments are said from now", () => {
  const now = Date.parse("2026-06-01T10:00:00Z");
  expect(
    ["2026-06-02T10:00:00Z", "2026-06-01T09:57:00Z", "2026-06-01T10:00:00Z"].map((at) => relative(at, now)),
  ).toEqual(["in 24 h", "3 m ago", "now"]);
});

test("the nearest names are found by one slip, by a swap, and by a part", () => {
  const names = ["approval/not-exact", "approval/not-signed", "gate/env-not-set"];
  expect(nearest("approval/not-exat", names)[0]).toBe("approval/not-exact");
  expect(nearest("aprpoval/not-exact", names)[0]).toBe("approval/not-exact");
  expect(nearest("env-not-set", names)).toEqual(["gate/env-not-set"]);
  expect(nearest("x".repeat(100_000), names)).toEqual([]);
});

test("an id may be given by its unique beginning", () => {
  const known = ["CTO-WORK-049", "CTO-WORK-050", "CTO-WORK-0491"];
  const meant = { what: "work item", list: "cto work list" };
  expect(pick(meant, "CTO-WORK-05", known)).toBe("CTO-WORK-050");
  expect(pick(meant, "CTO-WORK-049", known)).toBe("CTO-WORK-049");
  expect(pick(meant, "CTO-WORK-04", known)).toMatchObject({
    exit: 2,
    data: { usage: { message: "CTO-WORK-04 begins 2 work items: CTO-WORK-049, CTO-WORK-0491" } },
  });
  expect(pick(meant, "", known)).toMatchObject({ exit: 2 });
  expect(pick(meant, "CTO-WORK-0949", known)).toMatchObject({
    exit: 2,
    data: { usage: { message: expect.stringContaining("did you mean CTO-WORK-049") } },
  });
});
