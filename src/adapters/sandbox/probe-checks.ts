import type { StageDescription } from "../../seams/sandbox.ts";
import type { Check } from "./probe-tools.ts";
import type { FilterMachine } from "./seccomp/syscalls.ts";

export const UPGRADE = "use a kernel with user namespaces and seccomp, and bubblewrap 0.8.0 or newer";

export const START_CHECK: Pick<Check, "id" | "fix"> = {
  id: "starts",
  fix:
    "sysctl user.max_user_namespaces must not be 0; on Debian also sysctl kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 give " +
    "/usr/bin/bwrap an AppArmor profile with `userns,` or sysctl kernel.apparmor_restrict_unprivileged_userns=0; " +
    "in a container allow user namespaces in its seccomp profile",
};
export const USERNS_CHECK: Pick<Check, "id" | "fix"> = { id: "userns-disabled", fix: UPGRADE };
export const KILL_CHECK: Pick<Check, "id" | "fix"> = {
  id: "kill",
  fix: "mount /proc without hidepid for this user, and use a kernel with pid namespaces",
};

/** Checks that warn: what they name is weaker here, and still there. */
export const WARNINGS: readonly string[] = ["memory", "filter-untried"];

/** Every protection is tried on the machine itself; but on this kind of machine nobody has gone through the whole suite. */
export const machineChecks = (machine: FilterMachine | undefined): readonly Check[] =>
  machine === "arm64"
    ? [
        {
          id: "filter-untried",
          ok: false,
          says: "The system call filter of arm64 was written from the kernel's tables, and no suite of attacks was ever run with it.",
          fix: "cto doctor --hostile runs the suite on this machine",
        },
      ]
    : [];

export const memoryCheck = ({ limits }: StageDescription): Check => {
  const guard = limits.find(({ name }) => name === "memory-bytes")?.guard ?? "nothing";
  const ok = guard.startsWith("cgroup");
  return {
    id: "memory",
    ok,
    says: ok
      ? `All memory of a sandbox is bounded by ${guard}.`
      : `All memory of a sandbox is bounded by a ${guard} only.`,
    fix: "start the Harness as root, or where it may make control groups of its own",
  };
};
