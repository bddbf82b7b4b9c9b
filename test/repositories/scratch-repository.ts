import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A repository of a human, with the human's git: it obeys its configuration, runs its hooks, all of it. */
export interface ScratchRepository {
  /** A folder of its own, in which the repository is `target`. */
  readonly folder: string;
  readonly path: string;
  /** Runs the human's git in the repository; gives what it printed. */
  readonly git: (...args: readonly string[]) => string;
  readonly sh: (script: string) => string;
  readonly write: (name: string, content: string) => void;
  readonly append: (name: string, content: string) => void;
  readonly commit: () => void;
  /** Whether anything planted ran: it would have made this file. */
  readonly ran: () => boolean;
  /** A line of shell that makes that file. */
  readonly marker: string;
  readonly remove: () => void;
}

const FILES: Readonly<Record<string, string>> = {
  "README.md": "# Sample\n",
  "src/strings.py": "def slugify(text):\n    return text\n",
  "src/other.py": "OTHER = 1\n",
  "deploy/run.sh": "echo deployed\n",
};

export const scratchRepository = (files: Readonly<Record<string, string>> = FILES): ScratchRepository => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cto-test-")));
  const path = join(folder, "target");
  const ranFile = join(folder, "ran");
  const env = {
    PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ALLOW_PROTOCOL: "file",
  };
  const git = (...args: readonly string[]): string =>
    execFileSync("/usr/bin/git", args, { cwd: path, env, stdio: "pipe", encoding: "utf8" });
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  const commit = (): void => {
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", "a step");
  };
  writeFileSync(
    join(folder, ".gitconfig"),
    "[user]\n\tname = Sample Author\n\temail = author@sample.invalid\n[init]\n\tdefaultBranch = main\n",
  );
  mkdirSync(path);
  git("init", "-q");
  for (const [name, content] of Object.entries(files)) write(name, content);
  commit();
  return {
    folder,
    path,
    git,
    sh: (script) => execFileSync("/bin/sh", ["-ec", script], { cwd: path, env, stdio: "pipe", encoding: "utf8" }),
    write,
    append: (name, content) => appendFileSync(join(path, name), content),
    commit,
    ran: () => existsSync(ranFile),
    marker: `echo ran >> '${ranFile}'`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
