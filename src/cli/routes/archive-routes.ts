import type { Command, RouteMap } from "@stricli/core";

import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { duration, text, yes } from "../flags.ts";
import type { Argument } from "../help.ts";

const RUN: Argument = {
  placeholder: "RUN",
  brief: "R-NNN-AA; none means every run",
  proposes: ["run"],
  optional: true,
};

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands about the places where a home is kept besides itself. */
export const archiveRoutes = (): Routes => ({
  backup: command<{ readonly withKeys: boolean }, [string]>({
    brief: "a whole home in one file, also while it works",
    examples: ["cto backup home.tar", "cto backup home.tar --with-keys"],
    args: [{ placeholder: "FILE", brief: "where nothing is yet", proposes: ["file"] }],
    flags: { withKeys: yes("the home's private keys too: who has the file can sign as this home") },
    about: [
      "Governance files, ledger, bundles, later records, spent approvals, public keys; a manifest with every digest. Not",
      "in it: targets, the home's own git, caches, raw logs, and bundles that are in the bucket alone.",
    ],
    exits: "0 written",
    see: "cto restore",
    load: () => import("../commands/backup.ts"),
  }),
  restore: command<{ readonly insteadOf?: string; readonly loseNewer: boolean }, [string, string | undefined]>({
    brief: "a home out of a backup, verified before it is there",
    examples: ["cto restore home.tar my-home", "cto restore home.tar my-home --instead-of old-home --lose-newer"],
    args: [
      { placeholder: "FILE", brief: "what cto backup wrote", proposes: ["file"] },
      {
        placeholder: "DIR",
        brief: "an empty folder, or one that is not there (default: here)",
        proposes: ["folder"],
        optional: true,
      },
    ],
    flags: {
      insteadOf: text("HOME", "a home that this one takes the place of: approvals that it spent stay spent", "folder"),
      loseNewer: yes("restore it though something speaks of records after it"),
    },
    about: [
      "Holds every byte to its digest, the ledger to its signatures, and each bundle to the ledger. All or nothing.",
    ],
    exits: "0 restored · 4 it does not hold, is older, or the place is taken; nothing is there then",
    see: "cto backup, cto audit verify",
    load: () => import("../commands/restore.ts"),
  }),
  archive: group("sealed bundles in the bucket of .cto/services.json", {
    push: command<object, [string | undefined]>({
      brief: "upload what is not there yet, and read it back",
      examples: ["cto archive push", "cto archive push R-049-02"],
      args: [RUN],
      about: [
        "A run pushes its own bundle when it ends. Nothing in the bucket is overwritten or deleted; broken off, give it again.",
        "A bundle that is not as it was sealed stays here. Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      ],
      exits: "0 all are there · 5 one is not as it was sealed",
      see: "cto archive check",
      load: () => import("../commands/archive-push.ts"),
    }),
    check: command<object, [string | undefined]>({
      brief: "read bundles back from the bucket and digest every byte",
      examples: ["cto archive check", "cto archive check R-049-02"],
      args: [RUN],
      about: ["Holds them to their names and to what the ledger saw sealed. cto verify RUN does all the rest."],
      exits: "0 all hold · 5 one is missing or altered there",
      see: "cto archive push, cto verify",
      load: () => import("../commands/archive-check.ts"),
    }),
    prune: command<{ readonly olderThan?: number; readonly yes: boolean }, []>({
      brief: "remove folders here of decided runs that the bucket has",
      examples: ["cto archive prune --older-than 90d", "cto archive prune --older-than 90d --yes"],
      flags: {
        olderThan: duration("sealed at least so long ago (90d)"),
        yes: yes("do it; without it only the list is shown"),
      },
      about: [
        "Only runs that were accepted, rolled back, or ended without a commit; each after all of it was read back from the",
        "bucket just now. They are read from there afterwards. Nothing else goes: not the ledger, nothing in the bucket.",
      ],
      exits: "0 · 5 one has to stay because a copy does not hold",
      see: "cto archive check",
      load: () => import("../commands/archive-prune.ts"),
    }),
  }),
});
