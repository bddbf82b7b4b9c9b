import type { Verdict } from "../backend/attempt.ts";
import { LIMITS } from "../limits.ts";
import { segmentCount } from "../path-rules.ts";
import { COMMAND_ATTEMPTS, NETWORK_PROGRAMS, type AttemptPattern } from "./action-policy.ts";
import { actionOfUrl, leadsToOneOf } from "./attempt-hosts.ts";
import { commandsIn, nameOf } from "./command-words.ts";
import type { SimpleCommand } from "./scan-line.ts";

/** How the paths that a command names are judged. */
export interface PathJudge {
  readonly write: (path: string) => Verdict;
  readonly read: (path: string) => Verdict;
  /** Hosts that the contract grants. */
  readonly hosts: readonly string[];
}

/** The verdict on a command line by its words. The first objection decides; a line that cannot be read is denied. */
export const judgeLine = (paths: PathJudge, line: string): Verdict => {
  const commands = line.length > LIMITS.judgedLineCharactersMax ? undefined : commandsIn(line);
  if (commands === undefined || isTooMuch(commands)) return { allowed: false, rule: "policy/cannot-judge" };
  for (const command of commands) for (const objection of objectionsTo(paths, command)) return objection;
  return { allowed: true, rule: "policy/no-forbidden-action" };
};

// Every word is judged as a path, each part of it against each rule: many parts would take the Harness's time, in which
// none of its limits works.
const isTooMuch = (commands: readonly SimpleCommand[]): boolean => {
  const names = commands.flatMap(({ words, writes }) => [...words, ...writes]);
  const segments = names.reduce((sum, name) => sum + segmentCount(name), 0);
  return names.length > LIMITS.judgedWordsMax || segments > LIMITS.judgedSegmentsMax;
};

function* objectionsTo(paths: PathJudge, command: SimpleCommand): Iterable<Verdict> {
  const [program = "", ...rest] = command.words;
  const name = nameOf(program);
  const attempt = COMMAND_ATTEMPTS.find((pattern) => isAttempt(pattern, name, rest));
  if (attempt !== undefined) yield { allowed: false, rule: attempt.action, action: attempt.action };
  if (NETWORK_PROGRAMS.includes(name) && !asksGranted(paths.hosts, name, rest)) yield networkVerdict(rest);
  for (const path of [...command.writes.filter(isRealFile), ...filesWritten(name, rest)]) {
    const verdict = paths.write(path);
    if (!verdict.allowed) yield verdict;
  }
  for (const word of command.words.slice(1)) {
    const verdict = paths.read(word.slice(word.indexOf("=") + 1));
    if (!verdict.allowed && verdict.rule !== "policy/outside-workspace") yield verdict;
  }
}

const asksGranted = (hosts: readonly string[], name: string, rest: readonly string[]): boolean => {
  const urls = rest.filter((word) => word.includes("://"));
  return ["curl", "wget"].includes(name) && urls.length > 0 && urls.every((url) => leadsToOneOf(hosts, url));
};

const networkVerdict = (rest: readonly string[]): Verdict => {
  const action = rest.flatMap((word) => actionOfUrl(word) ?? [])[0];
  return { allowed: false, rule: "policy/no-network", ...(action === undefined ? {} : { action }) };
};

const isAttempt = (pattern: AttemptPattern, name: string, rest: readonly string[]): boolean => {
  if (!pattern.programs.includes(name)) return false;
  if (pattern.option !== undefined && !rest.some((word) => pattern.option?.test(word))) return false;
  const words = withoutOptions(name, rest);
  return pattern.words.every(
    (alternatives, at) =>
      alternatives.includes((words[at] ?? "").toLowerCase()) || alternatives.includes(words[at] ?? ""),
  );
};

/** Options that stand before the subcommand and take the next word with them. */
const VALUE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  git: ["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"],
  gh: ["-R", "--repo", "--hostname"],
  glab: ["-R", "--repo"],
  npm: ["--prefix", "-w", "--workspace", "--registry"],
  pnpm: ["-C", "--dir", "-F", "--filter"],
  yarn: ["--cwd"],
  kubectl: ["-n", "--namespace", "--context", "--kubeconfig", "-s"],
  docker: ["-H", "--host", "-c", "--context", "--config"],
  make: ["-C", "-f", "--file", "--directory"],
  aws: ["--profile", "--region", "--endpoint-url"],
  cargo: ["--manifest-path", "-Z"],
};

const withoutOptions = (name: string, rest: readonly string[]): readonly string[] => {
  const takesValue = VALUE_OPTIONS[name] ?? [];
  return rest.filter((word, at) => !word.startsWith("-") && !takesValue.includes(rest[at - 1] ?? ""));
};

const isRealFile = (path: string): boolean => !["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"].includes(path);

// Programs that write to the files they name: to all of them, or to the last one only.
const WRITE_ALL: ReadonlySet<string> = new Set("rm rmdir unlink mv tee touch truncate shred chmod chown".split(" "));
const WRITE_LAST: ReadonlySet<string> = new Set("cp ln install".split(" "));

const filesWritten = (name: string, rest: readonly string[]): readonly string[] => {
  const files = rest.filter((word) => !word.startsWith("-"));
  if (name === "dd") return rest.flatMap((word) => (word.startsWith("of=") ? [word.slice("of=".length)] : []));
  if (name === "sed" || name === "perl")
    return rest.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word)) ? files.slice(1) : [];
  if (name === "chmod" || name === "chown") return files.slice(1);
  if (WRITE_ALL.has(name)) return files.filter(isRealFile);
  return WRITE_LAST.has(name) ? files.slice(-1).filter(isRealFile) : [];
};
