import type { Attack } from "../../test/hostile/attack.ts";
import { CANARY } from "../../test/hostile/sandbox-fixture.ts";

/** What came of one attack on somebody who was not made for it. */
export interface Judged {
  readonly verdict: "held" | "not held" | "not applicable" | "could not run";
  /** What was reached, or why it does not apply. */
  readonly says: string;
}

/**
 * The same scripts, but judged by what they reach alone: our own suite also wants the exact answer of the kernel, and a
 * layout that is ours. `alive` is how many processes went on after the end.
 */
export const judged = ({ name }: Attack, out: string, alive: number): Judged => {
  const lines = out.split("\n").map((line) => line.trim());
  const why = NOT_APPLICABLE[name];
  if (why !== undefined) return { verdict: "not applicable", says: why };
  // What ends the command with everything in it has held as well, but nothing shows that it was even tried.
  if (!lines.includes("over"))
    return { verdict: "could not run", says: lines.filter(Boolean).at(-1)?.slice(0, 120) ?? "it said nothing" };
  const reached = [
    ...lines
      .filter((line) => line.startsWith("ESCAPED") && NO_EFFECT[name]?.test(line) !== true)
      .map((line) => line.slice(8)),
    ...(out.includes(`${CANARY}f`) && EDITS[name] === undefined ? ["a secret was printed"] : []),
    ...(READINGS[name]?.(lines) ?? []),
    ...(alive > 0 ? [`${alive} processes went on`] : []),
  ];
  return reached.length === 0
    ? { verdict: "held", says: "" }
    : { verdict: "not held", says: [...new Set(reached)].slice(0, 4).join(", ").slice(0, 160) };
};

/**
 * What our own suite forbids and is yet nothing reached: that a name is there, or that something was written to a folder in
 * memory that nobody else sees. An ordinary user could not write there outside.
 */
const NO_EFFECT: Readonly<Record<string, RegExp>> = {
  "home of the operator": /^ESCAPED home$/,
  "SSH agent's socket": /^ESCAPED run$/,
  ".env of the target": /^ESCAPED folder$/,
  // The peer's own workspace lies there as well, and may be read.
  "folder of another run": /\/workspaces$/,
  "symlink-out-write": /^ESCAPED listed$/,
  "dns-exfiltration": /^ESCAPED resolver$/,
  "services of the machine by the names that they always have": /^ESCAPED \//,
  "root, /dev, /etc, /usr and sysctls are read-only": /^ESCAPED \/(?:x|dev\/x|home\/x|opt\/cto\/x)$/,
};

/** Scripts that print a planted file because they may edit it. */
const EDITS: Readonly<Record<string, true>> = { "allowed file edited by sed -i": true };

const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "environment-secrets: names beside the list":
    "the list of names is ours; what is in them is the row about the environment",
  "prlimit cannot be raised": "the bench bounds processes, files and sizes itself, so as to do this machine no harm",
  "a process that crashes leaves nothing": "the bench bounds core files itself",
  "files that are laid in are read-only": "only our stage has files laid in",
  "identity and host name": "the identity inside is ours",
  "the workspace itself is moved, removed, or left upwards": "it asks for folders of our stage",
  clocks: "an ordinary user may set no clock outside either; only the answer differs",
};

type Reading = (lines: readonly string[]) => readonly string[];

/** Answers by which the kernel, or a filter, has shut a door: EPERM, EACCES, ENOSYS, and those of unknown families. */
const SHUT: ReadonlySet<string> = new Set(["1", "13", "38", "93", "94", "95", "97"]);

/** Every answer of a line `name=answer ...` that is none of a shut door, names in `but` left out. */
const doors =
  (...but: readonly string[]): Reading =>
  (lines) =>
    lines
      .filter((line) => /^[a-z]+[0-9]*=/.test(line))
      .flatMap((line) => line.split(" ").reduce<readonly string[]>(named, []))
      .filter((answer) => {
        const [name = "", value = ""] = answer.split("=");
        return !but.includes(name) && !SHUT.has(value);
      })
      .map((answer) => `${answer.split("=")[0]} answers`);

/** `uring=38 38 fault=1` is three answers of two names. */
const named = (answers: readonly string[], word: string): readonly string[] =>
  word.includes("=") ? [...answers, word] : [...answers, `${answers.at(-1)?.split("=")[0] ?? ""}=${word}`];

/** At least so many refusals of files, in the words of libc. */
const refusals =
  (wanted: number): Reading =>
  (lines) => {
    const found = lines.filter((line) => REFUSED.has(line)).length;
    return found >= wanted ? [] : [`${wanted - found} of ${wanted} changes were made`];
  };

const REFUSED: ReadonlySet<string> = new Set([
  "Read-only file system",
  "Permission denied",
  "Operation not permitted",
  "Device or resource busy",
  "No such file or directory",
]);

const stays: Reading = (lines) => (lines.includes("there") ? [] : ["a file that is to stay is gone"]);
const says =
  (...wanted: readonly string[]): Reading =>
  (lines) =>
    wanted.flatMap((line) => (lines.includes(line) ? [] : [`not ${line.replaceAll("\t", " ")}`]));
const works =
  (...wanted: readonly string[]): Reading =>
  (lines) =>
    wanted.every((line) => lines.includes(line)) ? [] : ["it does not work"];
const both =
  (...readings: readonly Reading[]): Reading =>
  (lines) =>
    readings.flatMap((reading) => reading(lines));

/** What the scripts show of themselves without the word ESCAPED. */
const READINGS: Readonly<Record<string, Reading>> = {
  "kernel doors": doors(),
  privileges: says("CapEff:=0000000000000000", "NoNewPrivs:=1", "Seccomp:=2"),
  descriptors: (lines) =>
    lines.includes("0 1 2") ? [] : [`open: ${lines.find((line) => /^[0-9 ]+$/.test(line)) ?? "unknown"}`],
  "sockets of other families": (lines) => lines.filter((line) => /^(?:17|38|40)=done$/.test(line)),
  "write-pinned: a sibling of an allowed file": both(refusals(2), stays),
  "rename-over-sibling": refusals(2),
  "rename-over-sibling by exchange, without replacing, and with a whiteout": (lines) =>
    lines.filter((line) => line === "how2=done" || line === "how4=done"),
  "swap-parent-dir": stays,
  "disk-fill-tmp": (lines) => (lines.includes("bounded") ? [] : ["more than 4 MiB into /tmp or /dev/shm"]),
  "a program that is a file in memory only is held as any other": says("Seccomp:\t2"),
  "the memory and the descriptors of another process": doors(),
  "rings, faults, measures and contexts of the kernel": doors(),
  "keys of the kernel": doors(),
  "sockets of the kernel: netlink that is no route, pairs of other families, raw ones": doors("route"),
  "programs that are somebody else's by their mode": says("NoNewPrivs:=1"),
  "allowed file edited by sed -i": works("cto-edited-file"),
  "allowed file replaced by temporary name and rename": works("new", "t"),
  "allowed folder": works("made"),
};

/** The attacks that say nothing of themselves but by an answer: each needs a reading here, or a reason why it has none. */
export const isRead = ({ name, control }: Attack): boolean =>
  control !== "other-answer" || READINGS[name] !== undefined || NOT_APPLICABLE[name] !== undefined;
