import { helpOfAll } from "./help.ts";

export const BRIEF =
  "cto governs a coding agent on one admitted repository, and leaves evidence that a stranger can verify.";

/** What `cto` and `cto --help` print. It knows no parser and no command, so that it is there as fast as Node. */
export const firstPage = (): string =>
  helpOfAll(
    BRIEF,
    EXAMPLES,
    ROWS.map(([names, brief]) => [names.join(", "), brief]),
  );

const EXAMPLES = [
  "cto demo            the whole line on a target made for it, offline",
  "cto status          what needs whom now",
] as const;

/** In the order of the work; a test holds that every command is named, and nothing else. */
export const ROWS: readonly (readonly [names: readonly string[], brief: string])[] = [
  [["demo"], "see it work: approved, run, committed, verified, accepted"],
  [["init", "doctor", "config"], "make a home; prove that this machine can hold a run; what it is told"],
  [["packet", "work", "sot"], "lint, list, show, compare, preview packets; work items; lint .sot, write its lists"],
  [["target"], "admit a repository by its owner's signature; suspend, revoke, check"],
  [["approve", "approval"], "approve one contract word for word; list, show, withdraw"],
  [["gate", "sandbox"], "every precondition at once; any command in the stage of a run"],
  [["run", "watch", "stop", "worker"], "one run from its order to its seal; look on, end it; perform others'"],
  [["status", "notices"], "what needs whom; who was told of which event"],
  [["runs", "show", "logs", "diff"], "every run; one in full, what it printed, what it changed"],
  [["serve", "mcp", "lsp"], "the same for a browser, an assistant and an editor of this machine"],
  [["verify", "replay"], "check a bundle offline; do its steps again and compare"],
  [["outcome", "rollback"], "accept or reject by the owner; undo a rejected commit"],
  [["keys", "audit"], "the home's own keys; the ledger: its entries, and whether its chain holds"],
  [["store", "archive"], "where the ledger lies, and bundles: check, move to a server, push, prune"],
  [["backup", "restore", "upgrade-check"], "a home in one file, and out of it; what this version can read of it"],
  [["agents", "explain", "completion"], "which agents there are; what a code or state means; tab in your shell"],
];
