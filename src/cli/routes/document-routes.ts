import type { Command, RouteMap } from "@stricli/core";

import { BACKEND_KINDS } from "../../workflow/vocabulary.ts";
import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { duration, needed, numbers, oneOf, several, someOf, text, yes } from "../flags.ts";
import type { Argument } from "../help.ts";
import type { NewPacketFlags } from "../packet-answers.ts";

const PACKET: Argument = {
  placeholder: "ID",
  brief: "work id, packet name or path; a unique beginning is enough",
  proposes: ["packet"],
};
const TARGET: Argument = {
  placeholder: "ID",
  brief: "id or path of the admission; a unique beginning is enough",
  proposes: ["target"],
};

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands about packets, work items and targets. */
export const documentRoutes = (): Routes => ({
  packet: group("Approval Packets: what is proposed", {
    new: command<NewPacketFlags, []>({
      brief: "write a packet: by flags, from another one, or at a terminal by answers",
      examples: ["cto packet new --from R-049-01 --title 'Align slugify again' --baseline"],
      flags: {
        id: text("WORK-ID", "the next one that was never used, if left out"),
        title: text("T", "its file and its sentence are named after it"),
        target: text("PATH", "the repository, or the id of its admission", "target", "folder"),
        task: text("T", "one sentence that the agent is told"),
        allow: several("PATH", "what it may write, as the target has it; folders end in /"),
        make: several("PATH", "the same, still to be made"),
        validate: text("CMD", "the command that proves it, without a shell"),
        criterion: several("T", "what must be true afterwards"),
        shownBy: several("NAME", "the artifact that shows it, for each criterion in turn (patch.diff)"),
        backend: oneOf(BACKEND_KINDS, "who does it (what the admission allows)"),
        risk: text("CLASS", "of policy.yaml; its template adds what must stay as it is"),
        from: text("RUN|FILE", "take what is not given from that packet", "run", "file"),
        baseline: yes("run the validation once on the untouched target, in a sandbox"),
      },
      exits: "0 written and listed, nothing overwritten · 3 refused, nothing written",
      load: () => import("../commands/packet-new.ts"),
    }),
    lint: command<{ readonly format?: string; readonly fix: boolean; readonly watch: boolean }, string[]>({
      brief: "every finding, with line, column and next step",
      examples: ["cto packet lint", "cto packet lint draft.md --format sarif"],
      args: [
        { placeholder: "FILE", brief: "packets to read (default: all of the home)", proposes: ["file"], rest: true },
      ],
      flags: {
        format: oneOf(["text", "json", "sarif", "github"], "how it is told (text)"),
        fix: yes("mend what has one right answer and gives no more leave"),
        watch: yes("again at each change, until Ctrl-C"),
      },
      about: ["A lint that passes is validation only: it grants nothing."],
      exits: "0 no error · 3 an error",
      see: "cto explain packet/allowed-is-forbidden",
      load: () => import("../commands/packet-lint.ts"),
    }),
    list: command<{ readonly state?: string }, []>({
      brief: "the packets of the home",
      examples: ["cto packet list", "cto packet list --state blocked"],
      flags: { state: text("S", "only those whose work item is in this state", "state") },
      exits: "0",
      load: () => import("../commands/packet-list.ts"),
    }),
    show: command<{ readonly raw: boolean; readonly contract: boolean }, [string]>({
      brief: "one packet: its contract, digests, state and sentence",
      examples: ["cto packet show CTO-WORK-049", "cto packet show CTO-WORK-049 --contract | jq ."],
      args: [PACKET],
      flags: { raw: yes("the file, byte for byte"), contract: yes("the contract's canonical JSON, byte for byte") },
      exits: "0 · 3 it does not lint",
      load: () => import("../commands/packet-show.ts"),
    }),
    diff: command<{ readonly against?: string; readonly failOn?: "widens" | "narrows" | "wording" }, [string]>({
      brief: "what it gives leave for now and did not before, the gravest first",
      examples: ["cto packet diff CTO-WORK-049", "cto packet diff CTO-WORK-049 --against reviewed --fail-on widens"],
      args: [PACKET],
      flags: {
        against: text(
          "WHAT",
          "approved (if left out), reviewed, a run, a work id, a digest or a FILE",
          "run",
          "work",
          "file",
        ),
        failOn: oneOf(["widens", "narrows", "wording"], "exit 3 where it does that, or what is graver"),
      },
      about: ["What is not provably narrower widens. What was never approved widens as a whole."],
      exits: "0 compared · 3 by --fail-on, or one of both says no contract",
      see: "cto packet reviewed --help",
      load: () => import("../commands/packet-diff.ts"),
    }),
    reviewed: command<{ readonly sha256: string }, [string]>({
      brief: "say that you read these very bytes; it approves nothing",
      examples: ["cto packet reviewed CTO-WORK-049 --sha256 6c02e71d…"],
      args: [PACKET],
      flags: { sha256: needed("D", "digest of the packet that was read, as cto packet show tells it") },
      about: [
        "From then on cto packet diff --against reviewed tells what changed since. Opening a page marks nothing.",
      ],
      exits: "0 · 3 the packet is another one now, or does not lint",
      see: "cto packet diff --help",
      load: () => import("../commands/packet-reviewed.ts"),
    }),
    preview: command<{ readonly open: boolean }, [string]>({
      brief: "exactly what the owner approves",
      examples: ["cto packet preview CTO-WORK-049", "cto packet preview draft.md", "cto packet preview 049 --open"],
      args: [{ placeholder: "ID|FILE", brief: "a packet of the home, or any file", proposes: ["packet", "file"] }],
      flags: { open: yes("in a browser, as a page of yours alone that says DRAFT and has no button") },
      about: [
        "For a packet of the home that can be approved now these are the very bytes that",
        "cto approve shows; their digest enters the approval.",
      ],
      exits: "0 · 3 it yields no contract, or no browser was opened",
      load: () => import("../commands/packet-preview.ts"),
    }),
  }),
  work: group("work items and their states", {
    list: command<{ readonly state?: string }, []>({
      brief: "every work item",
      examples: ["cto work list", "cto work list --state awaiting_outcome"],
      flags: { state: text("S", "only those in this state", "state") },
      exits: "0",
      see: "cto explain states",
      load: () => import("../commands/work-list.ts"),
    }),
    show: command<object, [string]>({
      brief: "one work item with its history",
      examples: ["cto work show CTO-WORK-049"],
      args: [{ placeholder: "WORK-ID", brief: "CTO-WORK-NNN; a unique beginning is enough", proposes: ["work"] }],
      exits: "0",
      load: () => import("../commands/work-show.ts"),
    }),
  }),
  target: group("Target Repositories and their admissions", {
    admit: command<AdmitFlags, [string]>({
      brief: "admit a repository, signed by its owner",
      examples: ["cto target admit ~/code/sandbox --key ~/.ssh/id_ed25519"],
      args: [
        { placeholder: "PATH", brief: "root of the repository: clean, plain, on its branch", proposes: ["folder"] },
      ],
      flags: {
        key: needed("KEY", "the owner's key; ssh-keygen signs, the key never enters cto", "file"),
        id: text("ID", "name of the record (default: the one a packet names)"),
        owner: text("NAME", "principal of the owner (default: the packet's)"),
        risk: text("CLASS", "risk class of policy.yaml (default: the packet's)"),
        stage: numbers("stages it is admitted for; may be repeated"),
        backend: someOf(BACKEND_KINDS, "backends it is admitted for; may be repeated"),
        expires: duration("how long the admission holds (90d)"),
        reason: text("T", "why, kept in the record"),
      },
      exits: "0 admitted · 3 refused, every reason told, nothing written",
      load: () => import("../commands/target-admit.ts"),
    }),
    list: command<object, []>({
      brief: "every Admission record",
      examples: ["cto target list"],
      exits: "0",
      load: () => import("../commands/target-list.ts"),
    }),
    show: command<object, [string]>({
      brief: "one admission, and what is seen of its target now",
      examples: ["cto target show CTO-SANDBOX"],
      args: [TARGET],
      exits: "0",
      load: () => import("../commands/target-show.ts"),
    }),
    check: command<object, [string]>({
      brief: "whether the target still is as it was admitted",
      examples: ["cto target check CTO-SANDBOX"],
      args: [TARGET],
      about: ["Looks at the repository without writing a byte to it."],
      exits: "0 no drift · 3 drift, every difference told",
      load: () => import("../commands/target-check.ts"),
    }),
    suspend: command<{ readonly reason: string }, [string]>({
      brief: "take the admission away until it is admitted again",
      examples: ["cto target suspend CTO-SANDBOX --reason 'being reorganised'"],
      args: [TARGET],
      flags: { reason: needed("T", "why, kept in the record") },
      about: ["Needs no signature: it only removes authority. A running run stops at its next check."],
      exits: "0 · 3 it is revoked already",
      load: () => import("../commands/target-suspend.ts"),
    }),
    revoke: command<{ readonly reason: string }, [string]>({
      brief: "end the admission for good",
      examples: ["cto target revoke CTO-SANDBOX --reason 'handed over'"],
      args: [TARGET],
      flags: { reason: needed("T", "why, kept in the record") },
      about: ["Needs no signature: it only removes authority. Only a new admission brings it back."],
      exits: "0 · 3 it is revoked already",
      load: () => import("../commands/target-revoke.ts"),
    }),
  }),
});

interface AdmitFlags {
  readonly key: string;
  readonly id?: string;
  readonly owner?: string;
  readonly risk?: string;
  readonly stage?: readonly number[];
  readonly backend?: readonly (typeof BACKEND_KINDS)[number][];
  readonly expires?: number;
  readonly reason?: string;
}
