import { expect, test } from "vitest";

import { innerArgs, limitArgs } from "./bubblewrap-args.ts";
import { gatheringTable } from "./gathering.ts";
import { enterChain, launchChain, seenSource, type Chain } from "./launch-chain.ts";
import { outerArgs } from "./outer-args.ts";

const chain: Chain = {
  identity: { kind: "slot", uid: 60_603, mark: "5f0c" },
  sources: ["/state/control", "/state/workspace", "/opt/tools"],
  gathering: "/state/sources",
  processesMax: 232,
};

test("R063 R064 R066 the argument list of a sandbox is exactly this", () => {
  const args = innerArgs({
    root: [
      { kind: "folder", path: "/usr" },
      { kind: "link", path: "/bin", to: "usr/bin" },
    ],
    control: "/mnt/0",
    workspace: "/mnt/1",
    network: "none",
    laid: [{ source: "/mnt/2", inside: "/opt/tools" }],
    mounts: [
      { kind: "writable", path: "" },
      { kind: "pin", path: "src" },
      { kind: "writable", path: "src" },
      { kind: "unreadable-file", path: ".env" },
      { kind: "unreadable-folder", path: "secrets" },
      { kind: "empty-folder", path: ".claude" },
    ],
    tmpBytesMax: 2 ** 28,
    env: { PATH: "/usr/bin:/bin", HOME: "/home/agent" },
  });
  expect(
    args
      .join("\n")
      .replaceAll(/\n(?=--)/g, "\n\n")
      .split("\n\n")
      .map((line) => line.replaceAll("\n", " ")),
  ).toMatchInlineSnapshot(`
    [
      "--unshare-user",
      "--unshare-all",
      "--disable-userns",
      "--die-with-parent",
      "--new-session",
      "--cap-drop ALL",
      "--clearenv",
      "--uid 1000",
      "--gid 1000",
      "--hostname sandbox",
      "--seccomp 5",
      "--ro-bind /usr /usr",
      "--symlink usr/bin /bin",
      "--perms 0755",
      "--dir /etc",
      "--ro-bind-try /etc/ld.so.cache /etc/ld.so.cache",
      "--ro-bind-try /etc/alternatives /etc/alternatives",
      "--ro-bind-try /etc/localtime /etc/localtime",
      "--ro-bind-try /etc/mime.types /etc/mime.types",
      "--ro-bind-try /etc/ca-certificates /etc/ca-certificates",
      "--ro-bind-try /etc/ssl/certs /etc/ssl/certs",
      "--ro-bind-try /etc/ssl/openssl.cnf /etc/ssl/openssl.cnf",
      "--ro-bind /mnt/0/passwd /etc/passwd",
      "--ro-bind /mnt/0/group /etc/group",
      "--ro-bind /mnt/0/hosts /etc/hosts",
      "--ro-bind /mnt/0/nsswitch.conf /etc/nsswitch.conf",
      "--ro-bind /mnt/0/gitconfig /etc/gitconfig",
      "--proc /proc",
      "--ro-bind /proc/sys /proc/sys",
      "--dev /dev",
      "--perms 1777",
      "--size 67108864",
      "--tmpfs /dev/shm",
      "--perms 1777",
      "--size 268435456",
      "--tmpfs /tmp",
      "--size 268435456",
      "--tmpfs /home/agent",
      "--ro-bind /mnt/2 /opt/tools",
      "--ro-bind /mnt/1 /workspace",
      "--bind /mnt/1 /workspace",
      "--ro-bind /mnt/1/src /workspace/src",
      "--bind /mnt/1/src /workspace/src",
      "--ro-bind /mnt/0/none.f /workspace/.env",
      "--ro-bind /mnt/0/none.d /workspace/secrets",
      "--ro-bind /mnt/0/empty.d /workspace/.claude",
      "--chdir /workspace",
      "--setenv PATH /usr/bin:/bin",
      "--setenv HOME /home/agent",
      "--remount-ro /dev",
      "--remount-ro /",
    ]
  `);
});

test("the limits that the kernel keeps are exactly these, and four GiB is not zero", () => {
  const limits = limitArgs({
    wallMs: 1,
    idleMs: 1,
    processesMax: 200,
    descriptorsMax: 1024,
    fileBytesMax: 2 ** 28,
    dataBytesMax: 2 ** 32,
    memoryBytesMax: 2 ** 32,
    scratchBytesMax: 1,
    scratchInodesMax: 1,
    tmpBytesMax: 1,
    outputBytesMax: 1,
    changedFilesMax: 1,
    patchBytesMax: 1,
    committedFileBytesMax: 1,
  });
  expect(limits.join(" ")).toMatchInlineSnapshot(
    `"--nproc=200 --nofile=1024 --fsize=268435456 --data=4294967296 --core=0 --memlock=65536 --msgqueue=0 --"`,
  );
});

const lines = (args: readonly string[]): readonly string[] =>
  args
    .join("\n")
    .replaceAll(/\n(?=--)/g, "\n\n")
    .split("\n\n")
    .map((line) => line.replaceAll("\n", " "));

test("R064 the argument list of the sandbox around is exactly this: three capabilities, no network, a read-only root", () => {
  const args = outerArgs({
    root: [{ kind: "folder", path: "/usr" }],
    control: "/mnt/0",
    base: "/mnt/1",
    ledger: "/mnt/2",
    over: "/mnt/3",
    relay: "/mnt/4",
    tunnel: undefined,
    laid: [{ source: "/mnt/5", inside: "/opt/tools" }],
  });
  expect(lines(args)).toMatchInlineSnapshot(`
    [
      "--unshare-user",
      "--unshare-all",
      "--die-with-parent",
      "--new-session",
      "--clearenv",
      "--uid 0",
      "--gid 0",
      "--hostname stage",
      "--cap-drop ALL",
      "--cap-add CAP_SYS_ADMIN",
      "--cap-add CAP_DAC_OVERRIDE",
      "--cap-add CAP_SETFCAP",
      "--ro-bind /usr /usr",
      "--perms 0755",
      "--dir /etc",
      "--ro-bind-try /etc/ld.so.cache /etc/ld.so.cache",
      "--ro-bind-try /etc/alternatives /etc/alternatives",
      "--ro-bind-try /etc/localtime /etc/localtime",
      "--ro-bind-try /etc/mime.types /etc/mime.types",
      "--ro-bind-try /etc/ca-certificates /etc/ca-certificates",
      "--ro-bind-try /etc/ssl/certs /etc/ssl/certs",
      "--ro-bind-try /etc/ssl/openssl.cnf /etc/ssl/openssl.cnf",
      "--proc /proc",
      "--dev /dev",
      "--perms 1777",
      "--size 1048576",
      "--tmpfs /tmp",
      "--dir /stage",
      "--ro-bind /mnt/0 /ctl",
      "--ro-bind /mnt/1 /base",
      "--ro-bind /mnt/2 /ledger.git",
      "--ro-bind /mnt/3 /over",
      "--ro-bind /mnt/4 /relay.sock",
      "--ro-bind /mnt/5 /opt/tools",
      "--setenv PATH /usr/bin:/bin",
      "--chdir /",
      "--remount-ro /dev",
      "--remount-ro /",
    ]
  `);
});

test("R064 root's chain gathers its sources, bounds, closes and drops to the slot; a plain user's only closes", () => {
  expect(launchChain(chain)).toMatchInlineSnapshot(`
    [
      "/usr/bin/unshare",
      "--mount",
      "--propagation",
      "private",
      "--",
      "/bin/bash",
      "--norc",
      "--noprofile",
      "-c",
      "table=$1 processes=$2; shift 2
    if [ -n "$processes" ]; then ulimit -u "$processes" || exit 1; fi
    if [ -n "$table" ]; then /bin/mount --all --fstab "$table" || exit 1; fi
    for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-6]) ;; *) eval "exec $n>&-" ;; esac; done
    exec -c "$@"",
      "sh",
      "/state/sources.table",
      "232",
      "/usr/bin/setpriv",
      "--reuid=60603",
      "--regid=60603",
      "--clear-groups",
      "--inh-caps=-all",
      "--bounding-set=-all",
      "--no-new-privs",
      "--",
      "/usr/bin/bwrap",
      "--setenv",
      "CTO_MARK",
      "5f0c",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--block-fd",
      "6",
      "--",
    ]
  `);
  expect(launchChain({ ...chain, identity: { kind: "own", uid: 1000 } })).toMatchInlineSnapshot(`
    [
      "/bin/bash",
      "--norc",
      "--noprofile",
      "-c",
      "table=$1 processes=$2; shift 2
    if [ -n "$processes" ]; then ulimit -u "$processes" || exit 1; fi
    if [ -n "$table" ]; then /bin/mount --all --fstab "$table" || exit 1; fi
    for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-6]) ;; *) eval "exec $n>&-" ;; esac; done
    exec -c "$@"",
      "sh",
      "",
      "",
      "/usr/bin/bwrap",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--block-fd",
      "6",
      "--",
    ]
  `);
});

test("R064 a stage is entered by the uid that made it, and limited within it", () => {
  expect(enterChain({ kind: "slot", uid: 60_603 }, 4711, ["--nproc=200", "--"]).slice(5)).toMatchInlineSnapshot(`
    [
      "sh",
      "",
      "",
      "/usr/bin/setpriv",
      "--reuid=60603",
      "--regid=60603",
      "--clear-groups",
      "--inh-caps=-all",
      "--bounding-set=-all",
      "--no-new-privs",
      "--",
      "/usr/bin/nsenter",
      "--target",
      "4711",
      "--user",
      "--mount",
      "--pid",
      "--net",
      "--ipc",
      "--uts",
      "--preserve-credentials",
      "--",
      "/usr/bin/prlimit",
      "--nproc=200",
      "--",
      "/usr/bin/bwrap",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--block-fd",
      "6",
      "--",
    ]
  `);
  expect(enterChain({ kind: "own", uid: 1000 }, 4711, ["--nproc=200", "--"]).slice(5)).toMatchInlineSnapshot(`
    [
      "sh",
      "",
      "",
      "/usr/bin/nsenter",
      "--target",
      "4711",
      "--user",
      "--mount",
      "--pid",
      "--net",
      "--ipc",
      "--uts",
      "--preserve-credentials",
      "--",
      "/usr/bin/prlimit",
      "--nproc=200",
      "--",
      "/usr/bin/bwrap",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--block-fd",
      "6",
      "--",
    ]
  `);
});

test("no name of a source ends its field in the table of mounts", () => {
  const odd = ["/plain/path-1.2", "/with space\tand # and\nline", "/umlaut ä"];
  expect(gatheringTable("/state/sources", odd)).toMatchInlineSnapshot(`
    "/plain/path-1.2 /state/sources/0 none bind 0 0
    /with\\040space\\011and\\040\\043\\040and\\012line /state/sources/1 none bind 0 0
    /umlaut\\040\\303\\244 /state/sources/2 none bind 0 0
    /state/sources /mnt none rbind 0 0
    "
  `);
});

test("a slot's uid sees its sources by number, a plain user where they are", () => {
  expect(seenSource(chain, "/opt/tools")).toBe("/mnt/2");
  expect(seenSource({ ...chain, identity: { kind: "own", uid: 1000 } }, "/opt/tools")).toBe("/opt/tools");
});
