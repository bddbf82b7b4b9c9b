import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { Said } from "../cli/cli.ts";

/** A mount namespace in which `/home` is empty, so that a packet's own paths can be made there and on no real disk. */
export interface OwnHome {
  /** Where the parent of the namespace finds one of its paths. */
  at(place: string): string;
  /** A program as a process of its own in there. */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Said>;
  close(): Promise<void>;
}

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** Root makes the namespace as it is; a plain user in a user namespace of his own, in which he keeps his uid. */
export const openOwnHome = async (): Promise<OwnHome> => {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const asUser = uid === 0 ? [] : ["--user", "--map-root-user"];
  const again = uid === 0 ? [] : ["/usr/bin/unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
  const needed = [REPOSITORY, path.dirname(process.execPath), tmpdir()].filter((place) => place.startsWith("/home/"));
  const argv = [...asUser, "--mount", "--propagation", "private", "/bin/sh", "-c", COVER_HOME, "sh", String(needed.length), ...needed];
  const holder = spawn("/usr/bin/unshare", [...argv, ...again, "/bin/sh", "-c", "echo ready; exec cat"], { stdio: "pipe", env: { PATH } });
  const ended = once(holder, "exit");
  let words = "";
  const ready = new Promise<boolean>((resolve) => {
    holder.stdout.on("data", (bytes: Uint8Array) => resolve(String(bytes).startsWith("ready")));
    holder.stderr.on("data", (bytes: Uint8Array) => (words += String(bytes)));
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) throw new Error(`${HOW}\n${words}`);
  const pid = String(holder.pid);
  const users = uid === 0 ? [] : ["--user", "--preserve-credentials"];
  return {
    at: (place) => path.join("/proc", pid, "root", place),
    run: (given, env = {}, input = "") => said(["--target", pid, "--mount", ...users, "--", ...given], env, input),
    close: async () => {
      // Its input is the only thing that keeps it, so that it ends with this process however that ends.
      holder.stdin.end();
      await ended;
    },
  };
};

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

const HOW = `The packet's target lies below /home, and no mount namespace could be made to put it there.
Run the tests as root, or let plain users make user namespaces: sysctl kernel.unprivileged_userns_clone=1,
and on AppArmor kernel.apparmor_restrict_unprivileged_userns=0. In a container: --security-opt seccomp=unconfined.`;

// What is needed of the old /home, a checkout that lies there, is bound back to its own place.
const COVER_HOME = `set -eu
count=$1; shift
old=$(mktemp -d /tmp/cto-old-home.XXXXXX)
mount --rbind /home "$old"
mount -t tmpfs -o mode=0755,size=2g own-home /home
while [ "$count" -gt 0 ]; do
  mkdir -p "$1"; mount --rbind "$old/\${1#/home/}" "$1"; shift; count=$((count - 1))
done
umount -l "$old"; rmdir "$old"
exec "$@"`;

const said = async (argv: readonly string[], env: Readonly<Record<string, string>>, input: string): Promise<Said> => {
  const child = spawn("/usr/bin/nsenter", argv, { stdio: "pipe", env: { PATH, ...env } });
  const exited = once(child, "close");
  const words = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Uint8Array) => (words.stdout += String(bytes)));
  child.stderr.on("data", (bytes: Uint8Array) => (words.stderr += String(bytes)));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  await exited;
  return { ...words, exit: child.exitCode ?? -1 };
};
