import type { Command, RouteMap } from "@stricli/core";

import { FRAMEWORK_IDS, type FrameworkId } from "../../workflow/evidence/controls/frameworks.ts";
import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { count, oneOf, needed, portNumber, several, text, yes } from "../flags.ts";

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands that make a home, look after it, and explain. */
export const homeRoutes = (): Routes => ({
  init: command<{ readonly owner: string; readonly key: string; readonly hook: boolean }, [string | undefined]>({
    brief: "make a home: policy, signers, ledger",
    examples: [
      "cto init --owner jp --key ~/.ssh/id_ed25519.pub",
      "cto init my-home --owner jp --key ~/.ssh/id_ed25519_sk.pub",
    ],
    args: [{ placeholder: "DIR", brief: "where (default: here)", proposes: ["folder"], optional: true }],
    flags: {
      owner: needed("NAME", "the principal that may admit, approve, accept and reject"),
      key: needed("PUB", "the owner's public key file, or a private one with .pub beside it", "file"),
      hook: yes("also a pre-commit hook in .git of the home, that lints the packets of a commit"),
    },
    about: ["Writes only what is not there and overwrites nothing. No private key is read or kept."],
    exits: "0 made or complete already · 2 no such key file, or --hook without a git repository",
    see: "cto doctor, cto target admit",
    load: () => import("../commands/init.ts"),
  }),
  doctor: command<{ readonly hostile: boolean; readonly only?: readonly string[] }, []>({
    brief: "prove that this machine and this home can hold a run",
    examples: ["cto doctor", "cto doctor --only sandbox --only ledger -v", "cto doctor --hostile"],
    flags: {
      hostile: yes("the hostile suite instead: real attacks in homes and targets made for them"),
      only: several("ID", "only the checks, cases or groups whose id begins like this; may be repeated"),
    },
    about: [
      "Really starts a sandbox and tries to break out of it. Changes nothing.",
      "Without a home its checks are skipped, and said to be. With --hostile the result is kept in .cto/hostile.json.",
    ],
    exits: "0 all hold · 3 one fails or could not be run",
    see: "cto explain doctor/sandbox",
    load: () => import("../commands/doctor.ts"),
  }),
  status: command<{ readonly needs?: string }, []>({
    brief: "what needs whom, now",
    examples: ["cto status", "cto status --needs me", "cto status --json"],
    flags: { needs: text("me|NAME", "only what waits for you, or for this principal") },
    about: ["Reads the home and looks at the targets of approved work; writes nothing."],
    exits: "0",
    see: "cto explain states",
    load: () => import("../commands/status.ts"),
  }),
  notices: command<{ readonly limit?: number }, []>({
    brief: "what was told to whom, what waits, and dead letters",
    examples: ["cto notices", "cto notices --limit 200 --json"],
    flags: { limit: count("how many, the newest first (50)") },
    about: [
      "Every event is told in .cto/notices.jsonl; by .cto/notify.yaml also to webhooks, Slack and the desktop. A dead",
      "letter is tried no more: it failed six times, or once where nothing is to be hoped for. docs/notifications.md says",
      "what stands in both; cto doctor --only notify checks the second.",
    ],
    exits: "0",
    see: "cto status, cto serve",
    load: () => import("../commands/notices.ts"),
  }),
  serve: command<{ readonly port?: number; readonly readOnly: boolean }, []>({
    brief: "the Control Surface: a server for a browser of this machine",
    examples: ["cto serve", "cto serve --port 4050", "cto serve --read-only --json"],
    flags: {
      port: portNumber("where it listens, on 127.0.0.1 and ::1 (4049)"),
      readOnly: yes("no address that writes at all, and nobody is told of events"),
    },
    about: [
      "Prints its address with a token that ends with it: open that one. It answers to no other name and no other site.",
      "By it may be marked what was read, an approval withdrawn, a run stopped, a signed rejection rolled back; approved and",
      "decided is only by a signature of who may, which it cannot make. It admits and runs nothing, and holds no key of a",
      "person and no CTO_HARNESS_* variable. The documentation is at /docs of it.",
    ],
    exits: "0 ended by Ctrl-C or TERM · 3 the port is taken",
    see: "cto status",
    load: () => import("../commands/serve.ts"),
  }),
  mcp: command<object, []>({
    brief: "serve an assistant on standard input and output; read-only",
    examples: ["cto mcp", "cto mcp --home /srv/governed"],
    about: [
      "Speaks the Model Context Protocol, so nothing is printed and --json is no flag of it. An MCP client starts it.",
      "No verb of it approves, accepts, rejects, admits, runs, stops or replays; no variable CTO_HARNESS_… reaches it.",
      "integrations/README.md has the settings for Claude, Codex, opencode, VS Code and Hermes.",
    ],
    exits: "0 the client left",
    see: "cto status",
    load: () => import("../commands/mcp.ts"),
  }),
  lsp: command<object, []>({
    brief: "a language server for packets on standard input and output; read-only",
    examples: ["cto lsp", "cto lsp --home /srv/governed"],
    about: [
      "Speaks the Language Server Protocol, so nothing is printed and --json is no flag of it. An editor starts it.",
      "Findings as you type, why they are findings, paths and words to complete, and fixes that give no more leave.",
      "docs/editors.md has the settings for VS Code and Neovim.",
    ],
    exits: "0 the editor left",
    see: "cto packet lint --help",
    load: () => import("../commands/lsp.ts"),
  }),
  explain: command<object, [string | undefined]>({
    brief: "what a code, state, exit code or variable means",
    examples: [
      "cto explain approval/not-exact",
      "cto explain states",
      "cto explain 6",
      "cto explain CTO_HARNESS_ALLOW_CASE",
    ],
    args: [
      {
        placeholder: "CODE",
        brief: "a code, state, exit code or variable; none lists them all",
        proposes: ["name"],
        optional: true,
      },
    ],
    about: ["Needs no home."],
    exits: "0 · 2 nothing of that name, with the nearest",
    load: () => import("../commands/explain.ts"),
  }),
  completion: command<object, string[]>({
    brief: "the script by which bash, zsh or fish completes cto at a tab",
    examples: [
      "cto completion bash > ~/.cto-completion   # and a line in ~/.bashrc: source ~/.cto-completion",
      "cto completion fish > ~/.config/fish/completions/cto.fish",
    ],
    args: [
      {
        placeholder: "SHELL",
        brief: "bash, zsh or fish",
        proposes: ["shell"],
        rest: true,
      },
    ],
    about: [
      "The script asks cto itself for commands, flags and the ids of the home; that only reads, for five seconds at most.",
      "cto completion SHELL -- WORDS tells what may stand in the place of the last word, which is what the script reads.",
      "bash: source <(cto completion bash); zsh: source <(cto completion zsh), behind compinit.",
    ],
    exits: "0 · 2 no such shell",
    load: () => import("../commands/completion.ts"),
  }),
  keys: group("the home's own keys: what the Harness and its verifier sign with", {
    list: command<object, []>({
      brief: "each key, its fingerprint and when it counts; old ones too",
      examples: ["cto keys list", "cto keys list --json"],
      exits: "0 all private and trusted · 3 one is not",
      see: "cto doctor --only keys",
      load: () => import("../commands/keys-list.ts"),
    }),
    rotate: command<object, [string]>({
      brief: "a new key in the place of one, handed over by the signatures of both",
      examples: ["cto keys rotate harness", "cto keys rotate verifier"],
      args: [{ placeholder: "ROLE", brief: "harness or verifier" }],
      about: [
        "The old private key is gone afterwards; its line in allowed_signers ends, so old bundles still verify.",
        "A changed allowed_signers makes open approvals stale: approve again. Broken off, give it again.",
      ],
      exits: "0 rotated · 3 a run is open, or allowed_signers cannot be read",
      load: () => import("../commands/keys-rotate.ts"),
    }),
    make: command<object, []>({
      brief: "make the keys that a home lacks, and their lines in allowed_signers",
      examples: ["cto keys make"],
      about: [
        "For a home that was made before it had keys. A key that stands is never replaced.",
        "A changed allowed_signers makes open approvals stale: approve again.",
      ],
      exits: "0 made or complete already · 3 allowed_signers cannot be read",
      load: () => import("../commands/keys-make.ts"),
    }),
    trust: command<{ readonly key: string }, []>({
      brief: "have the owner sign allowed_signers and revoked_keys as they stand",
      examples: ["cto keys trust --key ~/.ssh/id_ed25519_sk"],
      flags: { key: needed("KEY", "the owner's key for trust@cto-harness", "file") },
      about: [
        "doctor tells later whether the files are still those that were signed; a bundle carries the record.",
        "The first record is anchored by the way it reaches a reader; each later one names the one before.",
      ],
      exits: "0 signed · 3 refused, nothing signed",
      load: () => import("../commands/keys-trust.ts"),
    }),
  }),
  audit: group("the home's ledger: every act and every refusal", {
    log: command<{ readonly work?: string; readonly limit?: number }, []>({
      brief: "the ledger's entries, the newest last",
      examples: ["cto audit log", "cto audit log --work CTO-WORK-049 --limit 20"],
      flags: {
        work: text("WORK-ID", "only entries about this work item", "work"),
        limit: count("how many of the newest (50)"),
      },
      exits: "0",
      see: "cto audit verify",
      load: () => import("../commands/audit-log.ts"),
    }),
    verify: command<{ readonly trust?: string }, []>({
      brief: "recompute the ledger and every root that humans signed over it",
      examples: ["cto audit verify", "cto audit verify --trust owner.signers --json"],
      about: [
        "Finds an entry that was edited, dropped, moved or cut off, a fork, a second beginning, an older file put back.",
        "Compares the tree with the checkpoints in approvals, outcomes and sealed bundles, and says what no human has sealed yet.",
      ],
      flags: { trust: text("FILE", "an allowed_signers file that reached you by another way", "file") },
      exits: "0 PASS · 3 the trust file cannot be read · 5 FAIL or NOT-PROVEN, with every alarm",
      load: () => import("../commands/audit-verify.ts"),
    }),
    export: command<{ readonly framework?: FrameworkId; readonly out?: string }, []>({
      brief: "every run, verified, and what its evidence comes to for each control",
      examples: [
        "cto audit export --framework soc2-cc8.1",
        "cto audit export --out export.tar",
        "cto audit export --framework nist --json",
      ],
      about: [
        "sufficient, partial or insufficient is computed of each bundle's named fields; nothing says more than it rests on.",
        "Blocked, voided, failed, stopped and interrupted runs are in it. A missing run number is an alarm.",
        "--out writes one tar with every bundle and SHA256SUMS: sha256sum -c, then cto verify, need nothing of this home.",
      ],
      flags: {
        framework: oneOf(FRAMEWORK_IDS, "only this one (default: all)"),
        out: text("FILE", "a tar that is not there yet", "file"),
      },
      exits: "0 · 3 the trust root cannot be read · 5 a bundle does not verify, or a run is missing",
      see: "cto audit verify",
      load: () => import("../commands/audit-export.ts"),
    }),
  }),
});
