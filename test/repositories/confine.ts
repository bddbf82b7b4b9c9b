import { execFile } from "node:child_process";

import type { Confine } from "../../src/adapters/target/second-detector.ts";

/** The least confinement that the second detector needs: no network, nothing writable but what is bound so. */
export const confine: Confine = (argv, binds) =>
  new Promise((resolve) => {
    const mounts = binds.flatMap(({ host, inside, writable }) => [writable ? "--bind" : "--ro-bind", host, inside]);
    const args = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run", ...mounts];
    const alone = [
      "--unshare-net",
      "--unshare-pid",
      "--unshare-ipc",
      "--die-with-parent",
      "--new-session",
      "--clearenv",
    ];
    execFile("/usr/bin/bwrap", [...args, ...alone, "--", ...argv], { encoding: "buffer" }, (_, stdout) =>
      resolve(stdout),
    );
  });
