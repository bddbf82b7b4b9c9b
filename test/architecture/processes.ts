import { isTest, type Rule } from "./source.ts";

const STARTERS = new Set([
  "child_process",
  "node:child_process",
  "execa",
  "cluster",
  "node:cluster",
  "worker_threads",
  "node:worker_threads",
]);
// Of the notices and of the host one file each does: they start notify-send and xdg-open, and nothing else
// (docs/adr/0028-who-is-told-of-what.md, docs/adr/0046-a-preview-in-a-browser.md).
const MAY_START = /^src\/adapters\/(?:(?:target|sandbox|keys)\/|notices\/desktop\.ts$|host\/show-page\.ts$)/;

/** Only `adapters/{target,sandbox,keys}` start a process on this machine; a backend starts one only through its `Room`. */
export const processViolations: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && !MAY_START.test(file.path))
    .flatMap(({ path, imports }) =>
      imports.filter(({ from }) => STARTERS.has(from)).map(({ line, from }) => `${path}:${line}: imports ${from}`),
    );

const PROGRAMS = "src/adapters/backend/programs/";

/** Programs that run inside the sandbox are files of their own: they take nothing but Node, and nobody here runs them. */
export const programViolations: Rule = (files) =>
  files.flatMap(({ path, imports }) =>
    path.startsWith(PROGRAMS)
      ? imports
          .filter(({ from }) => !from.startsWith("node:"))
          .map(({ line, from }) => `${path}:${line}: takes ${from}`)
      : imports
          .filter(({ file }) => file?.startsWith(PROGRAMS))
          .map(({ line, from }) => `${path}:${line}: runs ${from} here`),
  );

// git's verbs that reach another repository or join another history. `merge-base` asks a question.
const VERB =
  /^(?:push|fetch|pull|merge|remote|send-pack|receive-pack|upload-pack|fetch-pack|http-(?:push|fetch|backend)|ls-remote|clone|submodule|subtree|rebase|am|cherry-pick|svn|p4|daemon|request-pull|send-email|bundle)$/;

// The name of a finding: that a target has remotes is told, and its url is only read.
const READS_REMOTES = "src/adapters/target/preflight-config.ts";

/** `adapters/target` has no word with which git would reach another repository (R076, R077). */
export const verbViolations: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && file.path.startsWith("src/adapters/target/"))
    .flatMap(({ path, tokens }) =>
      tokens
        .filter(
          ({ kind, text }) => kind === "string" && VERB.test(text) && !(path === READS_REMOTES && text === "remote"),
        )
        .map(({ line, text }) => `${path}:${line}: ${text}`),
    );

// One finds the installed `ca`, the other starts it, through its Room.
const CASE = /^src\/adapters\/backend\/(?:case-backend|find-case)\.ts$/;

/** The program `ca` is named by the case backend and by nobody else (R060). */
export const caViolations: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && !CASE.test(file.path))
    .flatMap(({ path, tokens }) =>
      tokens
        .filter(({ kind, text }) => kind === "string" && /(?:^|\/)ca$/.test(text))
        .map(({ line, text }) => `${path}:${line}: "${text}"`),
    );
