import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { assemble } from "../../src/adapters/sandbox/seccomp/bpf.ts";
import { examineSandbox } from "../../src/cli/examine-sandbox.ts";
import type { Protections } from "../../src/seams/sandbox.ts";

const SANDBOX = path.resolve(import.meta.dirname, "../../src/adapters/sandbox/bubblewrap-sandbox.ts");
const ERRNO = 0x00050000;
const [ENOSYS, EINVAL] = [38, 22];

/** A kernel that knows no filter: neither by the call for it nor by prctl. */
const WITHOUT_SECCOMP = assemble([
  { kind: "load", offset: 0 },
  { kind: "equal", value: 317, yes: "absent" },
  { kind: "equal", value: 157, yes: "prctl" },
  { kind: "answer", value: 0x7fff0000 },
  { kind: "label", name: "prctl" },
  { kind: "load", offset: 16 },
  { kind: "equal", value: 22, yes: "refused" },
  { kind: "answer", value: 0x7fff0000 },
  { kind: "label", name: "refused" },
  { kind: "answer", value: ERRNO + EINVAL },
  { kind: "label", name: "absent" },
  { kind: "answer", value: ERRNO + ENOSYS },
]);
const WITHOUT_OVERLAY = `my $none = "none"; syscall(999999, $none); die "mount of overlay: $!\\n"`;

const HIDING = `mount -t tmpfs none /sys/fs/cgroup && exec "$@"`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/cto-ladder-`);
  await writeFile(`${folder}/filter`, WITHOUT_SECCOMP);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `cto doctor` says of the sandbox on a machine that lacks something. */
const doctorWhere = async (
  name: string,
  lacks: { readonly argv?: readonly string[]; readonly stageScript?: string },
): Promise<readonly string[]> => {
  const { argv = [], stageScript } = lacks;
  const options = { stateFolder: `${folder}/${name}`, ...(stageScript === undefined ? {} : { stageScript }) };
  const program = `import { bubblewrapSandbox } from ${JSON.stringify(SANDBOX)};
    console.log(JSON.stringify(await bubblewrapSandbox(${JSON.stringify(options)}).probe())); process.exit();`;
  const node = [process.execPath, "--input-type=module-typescript", "-e", program];
  const script = `exec 9<"$1"; shift; exec "$@"`;
  const { stdout } = await promisify(execFile)(
    "/bin/bash",
    ["-c", script, "sh", `${folder}/filter`, ...argv, ...node],
    {
      env: { PATH: "/usr/bin:/bin", HOME: folder },
    },
  );
  return examineSandbox(JSON.parse(stdout) as Protections).map(({ id, status, says }) => `${status} ${id} ${says}`);
};

const HOST = ["/usr/bin/bwrap", "--dev-bind", "/", "/"];
const WITHOUT_FILTER = [...HOST, "--seccomp", "9", "--"];
const WITHOUT_USERNS = [...HOST, "--unshare-pid", "--proc", "/proc", "--unshare-user", "--disable-userns", "--"];

// A plain user can make no group anyway.
const WITHOUT_CGROUP =
  process.getuid?.() === 0
    ? ["/usr/bin/unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", HIDING, "sh"]
    : [];

test("R068 a machine without seccomp has level C, and doctor says at which step a sandbox ended", async () => {
  const said = await doctorWhere("no-seccomp", {
    argv: WITHOUT_FILTER,
  });
  expect(said[0]).toBe("fail sandbox confinement level C (process only): refused, no run starts here");
  expect(said[1]).toMatch(/^fail sandbox\/starts No sandbox starts: .*set up system call filtering/);
});

test("R068 a machine without user namespaces has level C, by name", async () => {
  const said = await doctorWhere("no-userns", { argv: WITHOUT_USERNS });
  expect(said[0]).toBe("fail sandbox confinement level C (process only): refused, no run starts here");
  expect(said[1]).toMatch(/^fail sandbox\/starts No sandbox starts: /);
});

test("R068 a machine without overlay has level B, and doctor says what that costs", async () => {
  const said = await doctorWhere("no-overlay", { stageScript: WITHOUT_OVERLAY });
  expect(said[0]).toMatch(
    /^ok sandbox bubblewrap .*, confinement level B \(no overlay\): a run may use it, unless policy\.yaml asks A for its risk class$/,
  );
  expect(said[1]).toMatch(
    /^warn sandbox\/full-stage Level A is not to be had here: .* It costs: each Workspace is copied as a whole, /,
  );
});

test("R068 a machine without control groups keeps its level, and doctor warns of the watchdog", async () => {
  const said = await doctorWhere("no-cgroup", { argv: WITHOUT_CGROUP });
  expect(said[0]).toMatch(/^ok sandbox bubblewrap .*, confinement level A \(full stage\)$/);
  expect(said[1]).toMatch(
    /^warn sandbox\/memory All memory of a sandbox is bounded by a watchdog .* It costs: a memory bomb /,
  );
});
