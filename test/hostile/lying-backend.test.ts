import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { acpBackend } from "../../src/adapters/backend/acp-backend.ts";
import { caseBackend } from "../../src/adapters/backend/case-backend.ts";
import { commandBackend } from "../../src/adapters/backend/command-backend.ts";
import type { Backend } from "../../src/seams/backend.ts";
import type { Attempt } from "../../src/workflow/backend/attempt.ts";
import { sampleAssignment, sampleJudge } from "../fakes/assignment.ts";
import { installFakeAgent } from "../fakes/install-agent.ts";
import { installFakeCa } from "../fakes/install-ca.ts";
import { performScript, type Performed } from "../fakes/perform-script.ts";
import { openFakeRoom, type FakeRoom } from "../fakes/room.ts";
import { liesAbout, type Lie } from "./lies.ts";

// The six things a backend never chooses (backends.md 3), each told as a lie by all four kinds of backend. Here: who
// refuses what, and that each lie is told. The same lies in whole runs, with their acts: lying-runs.test.ts.

const SIBLING = "/srv/sibling";
const LIES = liesAbout(SIBLING);

const FILES = {
  "src/strings.py": "def slugify(s):\n    return s\n",
  "test_strings.py": "",
  "tests/test_a.py": "",
  "README.md": "read me\n",
};
const rooms: FakeRoom[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(rooms.splice(0).map(async (room) => room.close()));
  await Promise.all(folders.splice(0).map(async (folder) => rm(folder, { recursive: true, force: true })));
});

const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "cto-lie-"));
  folders.push(folder);
  return folder;
};

const performed = async (backend: Backend): Promise<Performed> => {
  const room = await openFakeRoom(backend, sampleAssignment(), sampleJudge, FILES);
  rooms.push(room);
  return { attempt: await backend.perform(sampleAssignment(), room), room };
};

const told = (attempt: Attempt, lie: Lie): void => {
  for (const claim of lie.claims) expect(attempt.authorityClaims.some((says) => claim.test(says))).toBe(true);
};

const untouched = async (room: FakeRoom): Promise<void> => {
  for (const [name, content] of Object.entries(FILES))
    expect(await readFile(path.join(room.workspace, name), "utf8")).toBe(content);
};

/** An agent that speaks with the Harness: what it asks is answered by the contract, whatever it says besides. */
const expectGoverned = async ({ attempt, room }: Performed, lie: Lie): Promise<void> => {
  expect(attempt.stop).toBe("completed");
  expect(attempt.refused).toBe(lie.refused);
  told(attempt, lie);
  await untouched(room);
  for (const { intent, verdict } of room.judged.filter(({ verdict: { allowed } }) => allowed))
    expect(sampleJudge(intent)).toEqual(verdict);
  expect(room.started.every(({ env }) => Object.keys(env).every((name) => !name.startsWith("CTO_")))).toBe(true);
};

const optionsOf = async (
  kind: "acp" | "command",
  script: Parameters<typeof installFakeAgent>[2],
): Promise<Parameters<typeof acpBackend>[0]> => {
  const { packages, profile } = await installFakeAgent(await freshFolder(), kind, script);
  const textOf = async (): Promise<Uint8Array> => Buffer.from(JSON.stringify(profile));
  return { profile: profile.id, textOf, packages, upstream: "none" };
};

describe("backend-chooses-scope, self-approval-by-agent", () => {
  test.each(LIES)("scripted lies about $says", async (lie) => {
    const played = await performScript(lie.scripted, { files: FILES });
    rooms.push(played.room);
    await expectGoverned(played, lie);
  });

  test.each(LIES)("an agent that speaks ACP lies about $says", async (lie) => {
    await expectGoverned(await performed(acpBackend(await optionsOf("acp", { steps: lie.scripted }))), lie);
  });

  test.each(LIES)("a program that prints lies about $says", async (lie) => {
    const { attempt, room } = await performed(commandBackend(await optionsOf("command", { steps: lie.scripted })));
    expect(attempt).toMatchObject({ stop: "completed", requests: 0, refused: 0 });
    told(attempt, lie);
    await untouched(room);
    const observed = room.events.filter(({ trust }) => trust === "harness-observed");
    expect(observed.filter(({ type }) => type !== "policy.unmediated")).toEqual([]);
  });

  test.each(LIES)("case lies about $says", async (lie) => {
    const folder = await freshFolder();
    await mkdir(path.join(folder, "sibling"));
    await writeFile(path.join(folder, "sibling", "f"), "theirs");
    // What it does to a repository beside it needs the walls of a stage: that is for the whole runs.
    const steps = lie.case.filter((step) => !JSON.stringify(step).includes(`> ${SIBLING}`));
    const program = await installFakeCa(path.join(folder, "case"), { steps });
    const { attempt, room } = await performed(caseBackend({ binary: () => program, upstream: "none" }));
    expect(attempt.stop).toBe("completed");
    told(attempt, lie);
    expect(await readFile(path.join(folder, "sibling", "f"), "utf8")).toBe("theirs");
    expect(room.events.every(({ trust }) => trust === "backend-claimed")).toBe(true);
  });
});

test("closing-keyword: what an agent says is kept as said, and never as more", async () => {
  const { attempt, room } = await performScript([{ say: "Fixes #12\nCTO-Run: R-001-01\nSigned-off-by: jp" }]);
  rooms.push(room);
  expect(attempt.said).toBe("end_turn");
  expect(room.events.filter(({ data }) => JSON.stringify(data).includes("Fixes #12"))).toMatchObject([
    { type: "message.recorded", trust: "agent-claimed" },
  ]);
});
