import { readdirSync, readFileSync } from "node:fs";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makeHost, type HostFixture } from "../../../test/hostile/sandbox-fixture.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { endOrphans } from "./orphans.ts";
import { isAlive, livingOfUid, livingWithWord, signal } from "./processes.ts";
import { SLOTS_FOLDER } from "./slots.ts";
import { startedOf } from "./started-record.ts";

let host: HostFixture;
beforeAll(async () => {
  host = await makeHost();
});
afterAll(() => host.close());

/** What bubblewrap started for this user, dead ones that wait to be reaped too, and left to PID 1 of the host. */
const orphansOf = (uid: number, pids: ReadonlySet<string>): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => pids.has(name))
    .map((pid) => textOf(`/proc/${pid}/status`))
    .filter((status) => /^Name:\tbwrap$/m.test(status) && /^PPid:\t1$/m.test(status))
    .filter((status) => new RegExp(`^Uid:\t${uid}\t`, "m").test(status));

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

const startedSince = (before: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !before.has(name)));

// A dead process that the host's PID 1 must reap holds the namespace that it entered, for as long as PID 1 likes.
test("whatever is killed with a stage is reaped by who started it, and nothing is left to PID 1 of the host", async () => {
  const before = startedSince(new Set());
  const { stage } = await host.openStage();
  const script = "trap '' TERM; (setsid sleep 600 &); sleep 600 & echo begun; sleep 600";
  const started = await stage.start(["/bin/bash", "-c", script], {});
  await started.stdout.getReader().read();
  const ours = startedSince(before);
  const report = await stage.close();
  expect(report).toMatchObject({ processTreeDead: true, alive: 0 });
  expect(orphansOf(stage.description.uid, ours)).toEqual([]);
});

// What does not die with its parent, as where a kernel or a wrapper forgets it, is found by what was written down.
test.each(["A", "B"] as const)(
  "R133 at level %s everything that a stage has started is ended by whoever comes after its Harness",
  async (confinement) => {
    const { stage } = await host.openStage({ confinement });
    const script = "trap '' TERM; (setsid sleep 600 &); sleep 600 & echo begun; sleep 600";
    const started = await stage.start(["/bin/bash", "-c", script], {});
    await started.stdout.getReader().read();
    const state = `${host.folder}/state`;
    const run = parseRunId("R-001-01");
    if (run === undefined) throw new Error("no run id");
    const written = startedOf(state, run).flatMap((one) => (one === "elsewhere" ? [] : [one.init, one.monitor]));
    expect(written).toHaveLength(confinement === "A" ? 4 : 2);
    expect(written.filter(isAlive)).toEqual(written);
    expect(await endOrphans(state, run)).toBe(0);
    expect(written.filter(isAlive)).toEqual([]);
    await Promise.allSettled([started.ended]);
    expect(await stage.close()).toMatchObject({ processTreeDead: true, alive: 0 });
    expect(startedOf(state, run)).toEqual([]);
  },
);

const LEVELS_WITH_SLOTS: readonly ("A" | "B")[] = process.getuid?.() === 0 ? ["A", "B"] : [];
if (LEVELS_WITH_SLOTS.length === 0) process.stderr.write("not checked: only root takes a uid for each stage\n");

test.each(LEVELS_WITH_SLOTS)(
  "R133 at level %s the mark of a stage's uid is enough to end all of the stage, and its claim is gone with it",
  async (confinement) => {
    const { stage } = await host.openStage({ confinement });
    const { uid } = stage.description;
    const claims = (): readonly string[] =>
      readdirSync(SLOTS_FOLDER).filter((name) => name.startsWith(`${uid}.${process.pid}.`));
    const script = "trap '' TERM; (setsid sleep 600 &); sleep 600 & echo begun; sleep 600";
    const started = await stage.start(["/bin/bash", "-c", script], {});
    await started.stdout.getReader().read();
    const [claim = "", ...more] = claims();
    const marked = livingWithWord([uid], [claim.split(".").at(-1) ?? ""]);
    expect([more, marked.length]).toEqual([[], 2]);
    for (const one of marked) signal(one, "SIGKILL", "process");
    await Promise.allSettled([started.ended]);
    await expect.poll(() => livingOfUid(uid)).toEqual([]);
    expect(await stage.close()).toMatchObject({ processTreeDead: true, alive: 0 });
    expect(claims()).toEqual([]);
  },
);

test("a stage that was closed leaves nothing written down", async () => {
  const { stage } = await host.openStage();
  await (
    await stage.start(["/bin/true"], {})
  ).ended;
  await stage.close();
  expect(readdirSync(`${host.folder}/state/started`)).toEqual([]);
});
