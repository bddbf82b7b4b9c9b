import { readlinkSync } from "node:fs";

import type { StageDescription } from "../../seams/sandbox.ts";
import type { Check } from "./probe-tools.ts";

type Facts = Readonly<Record<string, string>>;

const UPGRADE = "use a kernel with user namespaces and seccomp, and bubblewrap 0.8.0 or newer";

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

/** What the script told from inside, judged: every check is told, held or not. */
export const judgeProbe = (facts: Facts, description: StageDescription): readonly Check[] => [
  check(
    "namespaces",
    ["user", "pid", "net", "mnt", "ipc", "uts"].every((name) => (facts[`ns-${name}`] ?? hostNs(name)) !== hostNs(name)),
    "User, pid, net, mount, ipc and uts namespaces are its own.",
    START_CHECK.fix,
  ),
  check(
    "filter",
    facts["ptrace"] === "1" && facts["ring"] === "38" && facts["Seccomp:"] === "2",
    `The filter answers ptrace with errno ${facts["ptrace"]} and io_uring_setup with errno ${facts["ring"]}.`,
    facts["ptrace"] === "no-tool"
      ? "apt-get install perl-base: without it no call can be tried by its number"
      : UPGRADE,
  ),
  check(
    "privileges",
    /^0+$/.test(facts["CapEff:"] ?? "") && facts["NoNewPrivs:"] === "1",
    "No capability is left and none can be gained.",
    UPGRADE,
  ),
  check(
    "outside",
    facts["control-planted"] === "true" && none(facts, ["planted", "planted-by-root", "home"]),
    "A file that the host can read and the home folders are not there inside.",
    UPGRADE,
  ),
  check(
    "descriptors",
    facts["descriptors"]?.trim() === "0 1 2",
    `Open inside are the descriptors ${facts["descriptors"]?.trim()}.`,
    "apt-get install --reinstall bash",
  ),
  check(
    "environment",
    facts["environ-of-1"] === "0" && facts["environ"]?.trim() === description.envNames.join(" "),
    "The environment is exactly the list, and that of PID 1 is empty.",
    UPGRADE,
  ),
  check(
    "pins",
    facts["allowed"] === "yes" &&
      facts["allowed-rename"] === "yes" &&
      none(facts, ["pinned", "pinned-rename", "pinned-chmod", "root-write", "root-tmpfs", "dev-tmpfs"]),
    "Allowed files can be written and replaced; their siblings and everything else cannot.",
    UPGRADE,
  ),
  check("masks", none(facts, ["masked", "masked-chmod", "masked-folder"]), "Masked paths cannot be read.", UPGRADE),
  check("network", none(facts, ["network"]), "A listener on the host's loopback cannot be reached.", UPGRADE),
];

const check = (id: string, ok: boolean, says: string, fix: string): Check => ({
  id,
  ok,
  says: ok ? says : `Not held: ${says}`,
  fix,
});

const none = (facts: Facts, names: readonly string[]): boolean => names.every((name) => facts[name] === "no");

const hostNs = (name: string): string => readlinkSync(`/proc/self/ns/${name}`);
