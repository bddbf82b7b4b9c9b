import { execFile, spawn, spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startingWith } from "../../src/cli/completion/propose.ts";
import { bashQuoted, bashWord } from "../../src/cli/completion/quoting.ts";
import { SHELLS, type Shell } from "../../src/cli/completion/shells.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, runCto } from "./cli.ts";

const CTO = path.join(import.meta.dirname, "../../bin/cto.mjs");
const HAS = new Set(SHELLS.filter((shell) => spawnSync(shell, ["-c", "exit 0"]).status === 0));
for (const shell of SHELLS)
  if (!HAS.has(shell)) process.stderr.write(`SKIPPED  completion in a real ${shell}: there is no ${shell} here\n`);

let ground: Ground;
let bin: string;
beforeAll(async () => {
  ground = await makeGround();
  bin = path.join(ground.root, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "cto"), `#!/bin/sh\nexec '${process.execPath}' '${CTO}' "$@"\n`);
  await chmod(path.join(bin, "cto"), 0o755);
});
afterAll(() => ground.close());

const environment = (): Readonly<Record<string, string>> => ({
  PATH: `${bin}:/usr/bin:/bin`,
  HOME: ground.root,
  TERM: "dumb",
  LC_ALL: "C.UTF-8",
});

const proposed = async (...words: readonly string[]): Promise<readonly string[]> => {
  const said = await runCto(["completion", "fish", "--", ...words], { cwd: ground.home });
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  const [paths = "", ...lines] = said.stdout.trimEnd().split("\n");
  const names = lines.map((line) => line.split("\t")[0] ?? "");
  // Where nothing else is known a shell is offered the flags.
  const wanted = words.at(-1)?.startsWith("-") === true ? names : names.filter((name) => !name.startsWith("-"));
  return [...wanted, ...(paths === "none" ? [] : [paths])];
};

test.each<readonly [words: readonly string[], names: readonly string[]]>([
  [["g"], ["gate"]],
  [
    ["packet", "l"],
    ["lint", "list"],
  ],
  [["gate", ""], ["CTO-WORK-049"]],
  [["gate", "CTO-WORK-0"], ["CTO-WORK-049"]],
  [["gate", "CTO-WORK-1"], []],
  [["packet", "show", "cto-s"], ["cto-sample-approval-packet"]],
  [["--json", "--home", ".", "gate", "CTO"], ["CTO-WORK-049"]],
  [["--ho"], ["--home"]],
  [["--home", ""], ["folders"]],
  [["gate", "--home", ""], ["folders"]],
  [["packet", "lint", ""], ["files"]],
  [["replay", "--level", "va"], ["validation"]],
  [["replay", "--level=va"], ["--level=validation"]],
  [["runs", "--state", "awaiting"], ["awaiting_outcome"]],
  [["gate", "--q"], ["--quiet"]],
  [["explain", "approval/not-exa"], ["approval/not-exact"]],
  [["agents", "show", "gemini-p"], ["gemini-print"]],
  [["completion", "z"], ["zsh"]],
  [
    ["packet", "diff", "CTO-WORK-049", "--against", "CTO"],
    ["CTO-WORK-049", "files"],
  ],
  [["packet", "new", "--from", ""], ["files"]],
  [["config", "get", "limits.wal"], ["limits.wallMs"]],
  [["no-such-command", ""], []],
  [["gate", "--no-such-flag", ""], []],
])("behind cto %j may stand %j", async (words, names) => {
  expect(await proposed(...words)).toEqual(names);
});

test("each name is told with what it means, and as JSON", async () => {
  const said = await runCto(["completion", "zsh", "--", "gat"]);
  expect(said.stdout).toBe("none\ngate\task every precondition of a run, changing nothing\n");
  expect(jsonOf(await runCto(["completion", "bash", "--json", "--", "gat"]))).toMatchObject({
    shell: "bash",
    names: [{ name: "gate", says: "ask every precondition of a run, changing nothing" }],
    paths: "none",
  });
});

test.each([[[]], [["csh"]], [["toString"]], [["bahs"]]])(
  "completion %j is a mistake with a next step",
  async (words) => {
    const said = await runCto(["completion", ...words]);
    expect(said).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/next {6}cto completion (?:bash|zsh)\n$/),
    });
  },
);

test("where there is no home, or one that cannot be read, no id is proposed and nothing is said", async () => {
  const empty = path.join(ground.root, "empty");
  await mkdir(path.join(empty, ".sot"), { recursive: true });
  expect(await proposed("gate", "--home", empty, "")).toEqual([]);
  expect(await proposed("gate", "--home", "/nonexistent", "")).toEqual([]);
  expect((await runCto(["completion", "fish", "--", "gate", "C"], { cwd: "/" })).stdout).toBe("none\n");
});

const HOSTILE = "$(touch pwned)`touch pwned`;touch pwned&'\"\\ *?~#!{a,b}|<>[x]é";

test.each([
  ["a plain id", "CTO-WORK-049", "CTO-WORK-049"],
  ["an open quote", "'a b", "a b"],
  ["two quotes in one word", "\"a b\"'c d'", "a bc d"],
  ["an escaped blank", "a\\ b", "a b"],
  ["a command that would run", '"$(touch pwned)"', "$(touch pwned)"],
  ["an escaped quote", '"a\\"b"', 'a"b'],
  ["a backslash at the end", "a\\", "a\\"],
])("bash hands over %s as it would read it, without running it", (_, given, word) => {
  expect(bashWord(given)).toBe(word);
});

test("what bash is given is one word that means nothing else", () => {
  expect(spawnSync("bash", ["-c", `printf %s ${bashQuoted(HOSTILE)}`]).stdout.toString()).toBe(HOSTILE);
  expect(bashWord(bashQuoted(HOSTILE))).toBe(HOSTILE);
});

test("a name that hides, steers or breaks a line is never proposed", () => {
  const names = ["a\u202Eb", "a\nb", "a\tb", "a\u001B[31m", "a\u200B", "", "--", HOSTILE, "a"];
  expect(
    startingWith(
      "",
      names.map((name) => ({ name, says: "" })),
    ),
  ).toEqual([
    { name: HOSTILE, says: "" },
    { name: "a", says: "" },
  ]);
});

test("what no reader takes for a record is proposed by no name that it gives itself", async () => {
  const place = path.join(ground.home, ".sot/03-PROTOCOLS/CTO-LYING-ADMISSION.json");
  await writeFile(place, JSON.stringify({ schema: "cto/admission/v1", id: HOSTILE }));
  expect(await proposed("target", "show", "")).toEqual([]);
  await rm(place);
});

/** Every file of the home with its digest. */
const bytesOf = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/-(?:wal|shm)$/.test(entry.name));
  const lines = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return `${file} ${digestOf(new Uint8Array(await readFile(file)))}`;
  });
  return (await Promise.all(lines)).toSorted();
};

/** What a shell prints that is typed at, on a terminal of its own. */
const typedAt = (shell: Shell, lines: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const start = { bash: "bash --norc --noprofile -i", zsh: "zsh -f -i", fish: "fish --no-config -i" }[shell];
    const child = spawn("script", ["-qec", start, "/dev/null"], {
      cwd: ground.home,
      env: environment(),
      timeout: 55_000,
    });
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString("utf8")));
    child.once("error", reject);
    child.once("close", () => resolve(said));
    child.stdin.write(`${lines.join("\n")}\nexit\n`);
  });

const SOURCE = {
  bash: "source <(cto completion bash)",
  zsh: "autoload -U compinit; compinit -u -D; source <(cto completion zsh)",
};

// Ctrl-A puts the word before the finished line: it is printed instead of given.
const finished = (line: string): string => `${line}\t\u0001printf '<%s>' \u0005`;

describe.each(["bash", "zsh"] as const)("at a tab in a real %s", (shell) => {
  test.skipIf(!HAS.has(shell))("commands, ids, values and paths are finished; nothing is written", async () => {
    const before = await bytesOf(ground.home);
    const said = await typedAt(shell, [
      SOURCE[shell],
      finished("cto verif"),
      // Again, should the machine be so busy that the first time ran out.
      finished("cto gate CTO-WO"),
      finished("cto gate CTO-WO"),
      finished("cto gate CTO-WO"),
      finished("cto replay --level=vali"),
      finished("cto packet lint .sot/authority/poli"),
    ]);
    for (const line of [
      "<cto><verify>",
      "<cto><gate><CTO-WORK-049>",
      "<cto><replay><--level=validation>",
      "<cto><packet><lint><.sot/authority/policy.yaml>",
    ])
      expect(said).toContain(line);
    expect(await bytesOf(ground.home)).toEqual(before);
  });
});

describe("at a tab in a real fish", () => {
  test.skipIf(!HAS.has("fish"))("commands, ids, values and paths are proposed with what they mean", async () => {
    const complete = (line: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const script = `cto completion fish | source; complete -C '${line}'`;
        execFile(
          "fish",
          ["--no-config", "-c", script],
          { cwd: ground.home, env: environment(), timeout: 30_000 },
          (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
        );
      });
    expect(await complete("cto verif")).toBe("verify\tcheck a bundle as a stranger would, offline\n");
    expect(await complete("cto gate ")).toContain("CTO-WORK-049\n");
    expect(await complete("cto replay --level=vali")).toContain("--level=validation\n");
    expect(await complete("cto packet lint .sot/authority/poli")).toContain(".sot/authority/policy.yaml");
  });
});

test("a server that takes a connection and never answers holds a tab for no longer than its bound", async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const home = path.join(ground.root, "served");
  await mkdir(path.join(home, ".cto"), { recursive: true });
  await mkdir(path.join(home, ".sot"), { recursive: true });
  await copyFile(path.join(ground.home, ".cto/home-id"), path.join(home, ".cto/home-id"));
  const services = { schemaVersion: 1, store: { kind: "postgresql", url: `postgresql://cto@127.0.0.1:${port}/cto` } };
  await writeFile(path.join(home, ".cto/services.json"), JSON.stringify(services));
  try {
    const ended = await new Promise<{ readonly code: number | null; readonly said: string }>((resolve, reject) => {
      const child = spawn(path.join(bin, "cto"), ["completion", "bash", "--", "gate", "--home", home, ""], {
        env: environment(),
        timeout: 30_000,
      });
      let said = "";
      child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString("utf8")));
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, said }));
    });
    expect(ended).toEqual({ code: 0, said: "" });
  } finally {
    server.close();
  }
});
