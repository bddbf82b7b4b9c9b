import { readApproval, readApprovals } from "../../harness/approval/read-approvals.ts";
import { assuranceWords } from "../../workflow/approval/assurance.ts";
import { Failure } from "../../workflow/failure.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { isAnswer, pick } from "../pick.ts";
import { short, table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto approval show ID`: the signed record, in words or byte for byte. */
export const act: Act<{ readonly raw: boolean }, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const approvals = await readApprovals(world);
    const id = pick(
      { what: "approval", list: "cto approval list" },
      given,
      approvals.map((each) => each.id),
    );
    if (isAnswer(id)) return id;
    const view = approvals.find((each) => each.id === id);
    const read = await readApproval(world, id);
    if (view === undefined || read === "unreadable")
      throw new Failure("store/corrupt", `The record of ${id} is not in the ledger.`);
    const { record, bytes } = read;
    const { target, validity, scope, approver, input } = record;
    const now = world.clock.now().epochMs;
    const level =
      approver.method === "sshsig"
        ? `${view.assurance} · ${visible(approver.keyFingerprint ?? "unknown key")}${askedBy(approver.origin)}`
        : `${view.assurance} · ${assuranceWords("A0")}`;
    const rows = [
      ["approval", `${id}   ${visible(view.says)}`],
      ["work", view.work],
      ["by", `${visible(approver.principal)}   ${level}`],
      ["sentence", visible(record.sentence)],
      ["target", `${visible(target.realpath)}   ${visible(target.headRef)}@${target.headCommit.slice(0, 12)}`],
      ["may write", scope.allowedPaths.map(visible).join(", ")],
      ...(scope.allowedHosts === undefined ? [] : [["may reach", scope.allowedHosts.map(visible).join(", ")]]),
      ["gate", `backend ${scope.backend}, stage ${scope.stage}`],
      [
        "was shown",
        `${short(input.presentedSha256)}   words ${input.entry}${input.surface === "web" ? " on a page" : ""}`,
      ],
      ["expires", relative(validity.expiresAt, now)],
      ["ledger", String(view.seq)],
    ];
    return {
      noun: "approval",
      exit: EXIT.done,
      data: { approval: view, record, subjects: read.subjects },
      text: table(rows),
      ...(flags.raw ? { raw: bytes } : {}),
    };
  });

/** A passkey says which page asked it; any other key says nothing of the kind. */
const askedBy = (origin: string | undefined): string => (origin === undefined ? "" : ` · passkey, asked by ${origin}`);
