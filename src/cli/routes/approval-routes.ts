import type { Command, RouteMap } from "@stricli/core";

import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { duration, needed, text, yes } from "../flags.ts";
import type { Argument } from "../help.ts";

const WORK: Argument = {
  placeholder: "WORK-ID",
  brief: "CTO-WORK-NNN; a unique beginning is enough",
  proposes: ["work"],
};

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands by which the owner says yes, looks at it again, or takes it back. */
export const approvalRoutes = (): Routes => ({
  approve: command<{ readonly key?: string; readonly sentenceFile?: string; readonly expires?: number }, [string]>({
    brief: "approve one contract, word for word",
    examples: [
      "cto approve CTO-WORK-049 --key ~/.ssh/id_ed25519_sk",
      "cto approve CTO-WORK-049 --key KEY --sentence-file -",
    ],
    args: [WORK],
    flags: {
      key: text("KEY", "the owner's key; without one the approval is A1 at most", "file"),
      sentenceFile: text("F|-", "the words from a file or from standard input", "file"),
      expires: duration("how long it may wait to be used (policy.yaml gives the most)"),
    },
    about: [
      "Shows the whole contract, then takes the packet's sentence, byte for byte. The record is",
      "bound to packet, contract, admission, policy, HEAD and tree, and starts one run.",
    ],
    exits: "0 recorded · 3 refused, no consent recorded",
    see: "cto packet preview, cto explain approval/not-exact",
    load: () => import("../commands/approve.ts"),
  }),
  approval: group("approvals that were recorded", {
    list: command<{ readonly work?: string }, []>({
      brief: "every approval and what became of it",
      examples: ["cto approval list", "cto approval list --work CTO-WORK-049"],
      flags: { work: text("WORK-ID", "only those of this work item", "work") },
      exits: "0",
      load: () => import("../commands/approval-list.ts"),
    }),
    show: command<{ readonly raw: boolean }, [string]>({
      brief: "one approval: what it is bound to",
      examples: ["cto approval show ap-213", "cto approval show ap-213 --raw"],
      args: [{ placeholder: "ID", brief: "ap-N; a unique beginning is enough", proposes: ["approval"] }],
      flags: { raw: yes("the signed record, byte for byte") },
      exits: "0",
      load: () => import("../commands/approval-show.ts"),
    }),
    withdraw: command<{ readonly reason: string; readonly key?: string }, [string]>({
      brief: "take an approval back before its run starts",
      examples: [
        "cto approval withdraw CTO-WORK-049 --reason 'wrong base'",
        "cto approval withdraw ap-213 --reason 'wrong base' --key KEY",
      ],
      args: [
        {
          placeholder: "WORK-ID",
          brief: "CTO-WORK-NNN or ap-N; a unique beginning is enough",
          proposes: ["work", "approval"],
        },
      ],
      flags: {
        reason: needed("T", "why, kept in the ledger"),
        key: text("KEY", "signs the withdrawal, so that it can be proven later", "file"),
      },
      about: ["Needs no signature: it only removes authority. User id and terminal are recorded."],
      exits: "0 withdrawn · 3 there is none, or it is spent",
      load: () => import("../commands/approval-withdraw.ts"),
    }),
  }),
});
