import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { ApprovalSigning, SignerObject } from "../../../harness/objects/signing.ts";
import { live } from "../live.ts";
import { Command } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { SentenceField } from "../parts/sentence-field.tsx";
import { Told } from "../parts/told.tsx";
import { differenceIn } from "../sentence.ts";
import { canAskPasskey } from "../sign.ts";
import { MarkReviewed } from "./mark-reviewed.tsx";
import { approveByPasskey, type Said, type Signed } from "./passkey-approval.ts";
import { Refused } from "./refused.tsx";
import { Ticks } from "./ticks.tsx";

/** Ticks, sentence, signature: the long way to a yes. The page can make none of the three by itself. */
export const ApproveBox = ({
  signing,
  owner,
  notice,
  again,
}: {
  readonly signing: ApprovalSigning;
  readonly owner: string;
  /** What is wrong with an approval that was there before. */
  readonly notice: JSX.Element | null;
  /** Reads everything anew. */
  readonly again: () => void;
}): JSX.Element => {
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const said = useSignal<Said>({ text: "", entry: "typed" });
  const way = useSignal<"none" | "terminal" | "asking">("none");
  const answer = useSignal<Signed | undefined>(undefined);
  const passkeys = signing.signers.filter(canAskPasskey);
  const hindrance = hindranceOf(signing, owner, { ticked: ticked.value, said: said.value });
  const sign = async (signer: SignerObject): Promise<void> => {
    way.value = "asking";
    try {
      answer.value = await approveByPasskey(signing, signer, { ticks: [...ticked.value], said: said.value });
    } catch (error) {
      answer.value = { kind: "not-signed", why: "This page failed before anything was posted. Nothing was recorded." };
      throw error;
    } finally {
      way.value = "none";
    }
    if (answer.value.kind === "moved") ticked.value = new Set();
    if (answer.value.kind !== "refused") again();
  };
  return (
    <Panel title="Approve" kind="act" id="approve">
      <div class="body">
        {notice}
        <Introduction signing={signing} owner={owner} />
        <Ticks ticks={signing.ticks} ticked={ticked.value} tick={(id) => (ticked.value = toggled(ticked.value, id))} />
        <SentenceField
          label="Approval sentence"
          sentence={signing.sentence}
          typed={said.value.text}
          isDisabled={false}
          entryIs="recorded"
          onTyped={(text, entry) => (said.value = { text, entry })}
        />
        {passkeys.map((signer) => (
          <button
            key={signer.key}
            type="button"
            class="main wide"
            disabled={hindrance !== undefined || way.value === "asking"}
            aria-describedby="why-no-signature"
            onClick={() => void sign(signer)}
          >
            Sign with passkey of {signer.principal}
          </button>
        ))}
        <button
          type="button"
          class="wide in-terminal"
          disabled={hindrance !== undefined}
          aria-describedby="why-no-signature"
          aria-expanded={way.value === "terminal"}
          onClick={() => (way.value = "terminal")}
        >
          Sign in terminal
        </button>
        <p class="hint" id="why-no-signature">
          {hindrance ?? (way.value === "asking" ? "The browser asks for your passkey." : "")}
        </p>
        {passkeys.length > 0 ? null : (
          <p class="hint phone-only">This device has no key that may sign: approve at your computer.</p>
        )}
        {way.value === "terminal" && hindrance === undefined ? <AwaitTerminal command={signing.command} /> : null}
        <Answered answer={answer.value} />
        <MarkReviewed work={signing.work} sha256={signing.digests.packet} />
      </div>
    </Panel>
  );
};

const toggled = (all: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(all);
  if (!next.delete(id)) next.add(id);
  return next;
};

/** Why nothing can be signed now; the first reason, in the order in which they can be mended. */
const hindranceOf = (
  { sentence, ticks, signers, quorum }: ApprovalSigning,
  owner: string,
  { ticked, said }: { readonly ticked: ReadonlySet<string>; readonly said: Said },
): string | undefined => {
  if (live.value !== "live") return "Nothing can be signed until the server is back.";
  if (signers.length === 0)
    return quorum.signed.length > 0
      ? `${quorum.signed.join(", ")} has signed; another of ${quorum.eligible.join(", ")} has to.`
      : `Only ${quorum.eligible.join(", ") || owner} can approve, and no key of theirs is trusted now.`;
  const open = ticks.filter(({ id }) => !ticked.has(id)).length;
  if (open > 0) return `Tick ${open === ticks.length ? "what you have read" : `${open} more`} first.`;
  const difference = differenceIn(sentence, said.text);
  if (difference === undefined) return undefined;
  return difference.got === "" ? "Type the sentence first." : "What you typed is not the sentence.";
};

const Introduction = ({
  signing: { reviewedFrom, ticks, quorum, minimum },
  owner,
}: {
  readonly signing: ApprovalSigning;
  readonly owner: string;
}): JSX.Element => (
  <p>
    Nothing runs until <Told text={owner} /> approves. Only {quorum.eligible.join(", ")} can, with assurance {minimum}{" "}
    or better{quorum.required > 1 ? `; ${quorum.required} have to, ${quorum.signed.length} signed` : ""}.{" "}
    {reviewedFrom === null ? null : (
      <strong>
        {ticks.length === 0
          ? "Nothing changed since your last review."
          : `${ticks.length} ${ticks.length === 1 ? "thing" : "things"} changed since your last review.`}
      </strong>
    )}
  </p>
);

/** The private key never comes near this page: the command line asks for the sentence again and signs. */
const AwaitTerminal = ({ command }: { readonly command: string }): JSX.Element => (
  <div class="stack tight" role="status">
    <p>Give this command where the key is; this page waits for the record.</p>
    <Command line={command} />
    <p class="state info">Waiting for approval.recorded</p>
  </div>
);

const Answered = ({ answer }: { readonly answer: Signed | undefined }): JSX.Element | null => {
  if (answer === undefined) return null;
  switch (answer.kind) {
    case "recorded":
      return (
        <p class="state info" role="status" data-event={answer.seq}>
          Recorded. <span class="seq">#{answer.seq}</span>
        </p>
      );
    case "moved":
      return (
        <>
          <p class="state bad">Nothing was recorded: this moved while you read. The ticks are taken back.</p>
          <Refused problem={answer.problem} />
        </>
      );
    case "refused":
      return <Refused problem={answer.problem} />;
    case "not-signed":
      return <p class="state warn">{answer.why}</p>;
  }
};
