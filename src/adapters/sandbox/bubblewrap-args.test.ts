import { expect, test } from "vitest";

import { innerArgs, limitArgs } from "./bubblewrap-args.ts";
import { launchChain, seenSource, type Chain } from "./launch-chain.ts";

const chain: Chain = {
  identity: { kind: "slot", uid: 60_603 },
  sources: ["/state/control", "/state/workspace", "/root/tools"],
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
    laid: [{ source: "/mnt/2", inside: "/root/tools" }],
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
      "--ro-bind /mnt/2 /root/tools",
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

test("R064 root's chain closes, gathers its sources, bounds and drops to the slot; a plain user's only closes", () => {
  expect(launchChain(chain)).toMatchInlineSnapshot(`
    [
      "/bin/bash",
      "--norc",
      "--noprofile",
      "-c",
      "for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-5]) ;; *) eval "exec $n>&-" ;; esac; done
    exec /usr/bin/env -i "$@"",
      "sh",
      "/usr/bin/unshare",
      "--mount",
      "--propagation",
      "private",
      "--",
      "/bin/bash",
      "--norc",
      "--noprofile",
      "-c",
      "set -eu
    at=$1 count=$2; shift 2
    /bin/mount -t tmpfs -o mode=0755,size=1m sources "$at"
    n=0; while [ "$n" -lt "$count" ]; do
      if [ -d "$1" ]; then /bin/mkdir "$at/$n"; else : >"$at/$n"; fi
      /bin/mount --bind -- "$1" "$at/$n"; shift; n=$((n + 1))
    done
    /bin/mount --move "$at" /mnt
    exec /usr/bin/env -i "$@"",
      "sh",
      "/state/sources",
      "3",
      "/state/control",
      "/state/workspace",
      "/root/tools",
      "/usr/bin/prlimit",
      "--nproc=232",
      "/usr/bin/setpriv",
      "--reuid=60603",
      "--regid=60603",
      "--clear-groups",
      "--inh-caps=-all",
      "--bounding-set=-all",
      "--no-new-privs",
      "--",
      "/usr/bin/bwrap",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--",
    ]
  `);
  expect(launchChain({ ...chain, identity: { kind: "own", uid: 1000 } })).toMatchInlineSnapshot(`
    [
      "/bin/bash",
      "--norc",
      "--noprofile",
      "-c",
      "for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-5]) ;; *) eval "exec $n>&-" ;; esac; done
    exec /usr/bin/env -i "$@"",
      "sh",
      "/usr/bin/bwrap",
      "--json-status-fd",
      "3",
      "--args",
      "4",
      "--",
    ]
  `);
});

test("a slot's uid sees its sources by number, a plain user where they are", () => {
  expect(seenSource(chain, "/root/tools")).toBe("/mnt/2");
  expect(seenSource({ ...chain, identity: { kind: "own", uid: 1000 } }, "/root/tools")).toBe("/root/tools");
});
