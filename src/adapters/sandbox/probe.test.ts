import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Protections } from "../../seams/sandbox.ts";
import { digestOf } from "../../workflow/digest.ts";
import { bubblewrapSandbox } from "./bubblewrap-sandbox.ts";
import { keepProbe, keptProbe } from "./probe-cache.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/cto-probe-`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The probe on a machine that differs from this one by some of bubblewrap's own arguments. */
const probedWhere = async (...difference: readonly string[]): Promise<Protections> => {
  const script = `import { bubblewrapSandbox } from "${import.meta.dirname}/bubblewrap-sandbox.ts";
    console.log(JSON.stringify(await bubblewrapSandbox({ stateFolder: "${folder}/state" }).probe())); process.exit();`;
  const machine = [
    "--bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--unshare-pid",
    "--die-with-parent",
    ...difference,
  ];
  const { stdout } = await promisify(execFile)(
    "/usr/bin/bwrap",
    [...machine, "--", process.execPath, "--input-type=module-typescript", "-e", script],
    { env: { PATH: "/usr/bin:/bin", HOME: folder } },
  );
  return JSON.parse(stdout) as Protections;
};

const failedIn = ({ checks }: Protections): readonly string[] => checks.filter(({ ok }) => !ok).map(({ id }) => id);

test("R068 on this machine every protection holds, and asking again does nothing again", async () => {
  const sandbox = bubblewrapSandbox({ stateFolder: `${folder}/here` });
  const told = await sandbox.probe();
  // A plain user has no group that bounds memory; that warns and takes nothing away.
  expect(failedIn(told).filter((id) => id !== "memory")).toEqual([]);
  expect(told.confinement).toBe("A");
  expect(told.tools.map(({ name }) => name).join(" ")).toBe(
    "bubblewrap bash prlimit setpriv unshare nsenter perl socat",
  );
  expect(await sandbox.probe()).toBe(told);
});

test("a good answer is kept for this boot and these binaries only, and one that does not read is tried again", async () => {
  const stateFolder = `${folder}/here`;
  const file = `${stateFolder}/sandbox-probe.json`;
  const kept = JSON.parse(await readFile(file, "utf8")) as { key: string; protections: Protections };
  const emptied = { ...kept, protections: { ...kept.protections, checks: [] } };
  await writeFile(file, JSON.stringify(emptied));
  expect((await bubblewrapSandbox({ stateFolder }).probe()).checks).toEqual([]);
  for (const odd of [JSON.stringify({ ...emptied, key: "0".repeat(64) }), "{"]) {
    await writeFile(file, odd);
    expect((await bubblewrapSandbox({ stateFolder }).probe()).checks).not.toEqual([]);
  }
});

test("several who keep the same answer at once keep one of them, whole", async () => {
  const file = `${folder}/here/at-once.json`;
  const told = await sandboxAt(`${folder}/here`);
  await Promise.all(Array.from({ length: 8 }, () => keepProbe(file, digestOf(""), told)));
  expect(await keptProbe(file)).toMatchObject({ protections: { confinement: "A" } });
});

const sandboxAt = (stateFolder: string): Promise<Protections> => bubblewrapSandbox({ stateFolder }).probe();

test("R068 confinement-missing: where no overlay can be mounted the level is B, and it says at which step A ended", async () => {
  const stageScript = `my $none = "none"; syscall(999999, $none); die "mount of overlay: $!\\n"`;
  const told = await bubblewrapSandbox({ stateFolder: `${folder}/no-overlay`, stageScript }).probe();
  expect(told.confinement).toBe("B");
  expect(failedIn(told).filter((id) => id !== "memory")).toEqual(["full-stage"]);
  expect(told.checks.find(({ id }) => id === "full-stage")?.says).toBe(
    "Level A is not to be had here: starts: No sandbox starts: the full stage cannot be made: mount of overlay: Function not implemented",
  );
  await expect(readFile(`${folder}/no-overlay/sandbox-probe.json`)).rejects.toThrow("ENOENT");
});

test("R068 confinement-missing: without bubblewrap there is no confinement, and the fix says what to install", async () => {
  const told = await probedWhere("--ro-bind", "/dev/null", "/usr/bin/bwrap");
  expect(told.confinement).toBe("none");
  expect(told.checks.find(({ ok }) => !ok)).toEqual({
    id: "tool/bubblewrap",
    ok: false,
    says: "/usr/bin/bwrap is not there or does not start.",
    fix: "apt-get install bubblewrap",
  });
});

test("R068 confinement-missing: without user namespaces there is no confinement, and the fix names the settings", async () => {
  const told = await probedWhere("--unshare-user", "--disable-userns");
  expect(told.confinement).toBe("none");
  expect(failedIn(told)).toEqual(["starts"]);
  expect(told.checks.at(-1)?.fix).toContain("user.max_user_namespaces");
});

test("R068 confinement-lie: a bubblewrap that only pretends is found out by trying", async () => {
  const pretender = `${folder}/pretender`;
  await writeFile(
    pretender,
    `#!/bin/bash
[ "$1" = --version ] && { echo "bubblewrap 9.9.9"; exit; }
echo '{ "child-pid": 1, "pid-namespace": 1 }' >&3
while [ "$1" != -- ]; do shift; done; shift
"$@"; code=$?
echo "{ \\"exit-code\\": $code }" >&3; exit $code
`,
  );
  await chmod(pretender, 0o755);
  const told = await probedWhere("--ro-bind", pretender, "/usr/bin/bwrap");
  expect(told.confinement).toBe("none");
  expect(failedIn(told).length).toBeGreaterThan(0);
});
