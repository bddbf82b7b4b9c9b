import type { Command, RouteMap } from "@stricli/core";

import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { oneOf, yes } from "../flags.ts";
import type { Argument } from "../help.ts";

const KEY: Argument = {
  placeholder: "KEY",
  brief: "such as limits.wallMs, limits, services or a CTO_HARNESS_* variable; none means all",
  proposes: ["setting"],
  optional: true,
};

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands about what a home is told, and about what a newer version would find in it. */
export const upkeepRoutes = (): Routes => ({
  config: group("what a home is told: policy.yaml, services.json, variables", {
    get: command<object, [string | undefined]>({
      brief: "what it is told, and what by",
      examples: ["cto config get", "cto config get limits.wallMs"],
      args: [KEY],
      exits: "0 · 2 there is no such key",
      see: "cto config where, cto config set",
      load: () => import("../commands/config-get.ts"),
    }),
    set: command<{ readonly yes: boolean }, [string, string]>({
      brief: "one limit of policy.yaml; everything around it stays byte for byte",
      examples: ["cto config set limits.wallMs 3600000", "cto config set deniedAttempts void --yes"],
      args: [
        { placeholder: "KEY", brief: "one that cto config where tells to be set by this", proposes: ["setting"] },
        { placeholder: "VALUE", brief: "a word or a whole number" },
      ],
      flags: { yes: yes("do it; without it is only told what would change, and which approvals it voids") },
      about: [
        "Sets how much a run may use. What may be done and by whom is edited by hand or signed by its owner.",
        "The whole file is read as the gate reads it before it is written. An approval is bound to its bytes.",
      ],
      exits: "0 told, or written · 2 there is no such key · 3 refused, nothing written",
      see: "cto config where, cto approval list",
      load: () => import("../commands/config-set.ts"),
    }),
    where: command<object, [string | undefined]>({
      brief: "file, line and column of each, and whether a command may set it",
      examples: ["cto config where", "cto config where relay"],
      args: [KEY],
      exits: "0 · 2 there is no such key",
      see: "cto config get",
      load: () => import("../commands/config-where.ts"),
    }),
  }),
  sot: group("the documents of the home", {
    lint: command<{ readonly format?: string }, []>({
      brief: "every document of .sot that is read: packets, lists, admissions, checks, policy",
      examples: ["cto sot lint", "cto sot lint --format sarif"],
      flags: { format: oneOf(["text", "json", "sarif", "github"], "how it is told (text)") },
      about: [
        "Packets as cto packet lint does, and around them: lists with their frontmatter, banner and review; where each document",
        "comes from, and that this leads to a beginning; whether a packet's list lists its work item; records by their own",
        "readers. It records nothing and changes nothing, and a lint that passes grants nothing.",
      ],
      exits: "0 no error · 3 an error",
      see: "cto packet lint, cto sot write --help",
      load: () => import("../commands/sot-lint.ts"),
    }),
    write: command<{ readonly check: boolean }, []>({
      brief: "the work-item lists that packets come from: made, or brought in step",
      examples: ["cto sot write", "cto sot write --check"],
      flags: { check: yes("write nothing; exit 3 where something would be written") },
      about: [
        "Each list gets id, title and path of the packets that name it as their source, between two lines of its own. What",
        "stands outside them, and what is listed already, stays byte for byte; nothing is ever taken out, no status changes.",
        "A list that is not there is made as a draft. Where one list cannot be written none is. Like every edit of .sot it",
        "voids a run that goes on meanwhile.",
      ],
      exits: "0 in step, or written · 3 refused, or by --check · 4 a list was changed meanwhile, or is a link",
      see: "cto sot lint, cto explain contract/list-form",
      load: () => import("../commands/sot-write.ts"),
    }),
  }),
  "upgrade-check": command<object, []>({
    brief: "every versioned form of the home, and what this version does with it",
    examples: ["cto upgrade-check", "cto upgrade-check --home /srv/governed --json"],
    about: [
      "Ledger, documents, services and the bundles whose folders are here: what each says of its form, how many there are,",
      "and whether this version reads and writes it. Opens no ledger and changes nothing, so a newer one can be asked about",
      "a home before it is given it, and an older one before it is put back.",
    ],
    exits: "0 all of it can be read · 3 something cannot",
    see: "cto store migrate, cto backup",
    load: () => import("../commands/upgrade-check.ts"),
  }),
});
