import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { RUN } from "../../../test/fixtures/governed.ts";
import { endOrphans } from "./orphans.ts";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "cto-orphans-")));
const workspaces = path.join(folder, "workspaces");
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A process in a mount namespace of its own that has a folder at another place, as a sandbox does; it obeys no TERM. */
const seeing = async (place: string): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }> => {
  await mkdir(place, { recursive: true });
  const script = `trap "" TERM; mount --bind "${place}" /mnt && echo up && sleep 600 & wait`;
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const child = spawn("/usr/bin/unshare", [...user, "--mount", "--propagation", "private", "/bin/sh", "-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  if (child.stdout === null) throw new Error("nothing started");
  await once(child.stdout, "data");
  return { child, ended: once(child, "close") };
};

test("R133 what still has a workspace of a dead run in view is ended, children and all", async () => {
  const { ended } = await seeing(path.join(workspaces, `${RUN}-agent-Ab12Cd`));
  expect(await endOrphans(workspaces, RUN)).toBe(0);
  // The pipe closes only when the last process that holds it is gone.
  expect(await ended).toEqual([null, "SIGKILL"]);
});

test.each(["R-777-01-agent-Ab12Cd", `x${RUN}-agent-Ab12Cd`])(
  "R133 the workspace %s is of another run, and is left alone",
  async (name) => {
    const { child } = await seeing(path.join(workspaces, name));
    expect(await endOrphans(workspaces, RUN)).toBe(0);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  },
);

test("R133 a run that left no workspace left nobody", async () => {
  expect(await endOrphans(workspaces, RUN)).toBe(0);
});
