import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type {
  AssertionObject,
  DraftObject,
  OutcomeSigning,
  RecordedOutcome,
  SignerObject,
  TickGiven,
} from "../../../harness/objects/signing.ts";
import { visible, visibleLines } from "../../../workflow/visible-text.ts";
import { ownProblem, tell, type Problem } from "../ask.ts";
import { live } from "../live.ts";
import { Command } from "../parts/copy.tsx";
import { Moment } from "../parts/moment.tsx";
import { Trouble } from "../parts/shown.tsx";
import { addressOf } from "../run-addresses.ts";
import { canAskPasskey, signWithPasskey } from "../sign.ts";

/** What is asked of the server before anybody signs. */
export type Decision =
  | { readonly outcome: "accepted"; readonly sentence: string; readonly ticks: readonly TickGiven[] }
  | { readonly outcome: "rejected"; readonly reason: string };

/** A record, and the decision and key that it was drawn for. */
interface Drawn {
  readonly said: string;
  readonly draft: DraftObject;
}

/** The ways to sign one decision. The server draws the record first, over the evidence as it verifies then; no key is ever here. */
export const SignBox = ({
  signing,
  decision,
  isLocked,
}: {
  readonly signing: OutcomeSigning;
  readonly decision: Decision;
  readonly isLocked: boolean;
}): JSX.Element => {
  const [chosen, choose] = useState(signing.signers[0]?.key ?? "");
  const [drawn, setDrawn] = useState<Drawn>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const signer = signing.signers.find(({ key }) => key === chosen);
  const ticks = decision.outcome === "accepted" ? decision.ticks : [];
  // A draft is of one decision by one key: what is ticked, typed or chosen afterwards is in no record that was drawn before.
  const said = JSON.stringify([decision, chosen]);
  const draft = drawn?.said === said ? drawn.draft : undefined;

  const draw = async (): Promise<DraftObject | undefined> => {
    setProblem(undefined);
    const answer = await tell<DraftObject>(addressOf(signing.run, "/outcome-draft"), { ...decision, key: chosen });
    if (answer.ok) return answer.value;
    setProblem(answer.problem);
    return undefined;
  };
  const post = async (record: string, signature: string | AssertionObject): Promise<void> => {
    const answer = await tell<RecordedOutcome>(addressOf(signing.run, "/outcome"), { record, signature, ticks });
    setProblem(answer.ok ? undefined : answer.problem);
  };
  const busily = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      setProblem(notSigned("This page failed before anything was posted."));
      throw error;
    } finally {
      setBusy(false);
    }
  };
  const inTerminal = (): Promise<void> =>
    busily(async () => {
      const asked = await draw();
      setDrawn(asked === undefined ? undefined : { said, draft: asked });
    });
  const withPasskey = (): Promise<void> =>
    busily(async () => {
      const asked = await draw();
      if (asked === undefined) return;
      const signed = await signWithPasskey(asked);
      if (signed.kind === "signed") await post(asked.record, signed.signature);
      else setProblem(notSigned(signed.says));
    });
  const isOff = isLocked || isBusy || signer === undefined || live.value !== "live";
  const byPasskey = signer !== undefined && canAskPasskey(signer);
  return (
    <div class="sign-box">
      <Signers signers={signing.signers} chosen={chosen} choose={choose} />
      <div class="acts">
        {byPasskey ? (
          <button type="button" class="main" disabled={isOff} onClick={() => void withPasskey()}>
            Sign with passkey
          </button>
        ) : null}
        <button type="button" class="in-terminal" disabled={isOff} onClick={() => void inTerminal()}>
          Sign in terminal
        </button>
      </div>
      {byPasskey ? null : (
        <p class="hint phone-only">A phone signs with a passkey, and this one can ask for none of the owner's.</p>
      )}
      {draft === undefined || isLocked ? null : (
        <Terminal draft={draft} isOff={isOff} post={(signature) => busily(() => post(draft.record, signature))} />
      )}
      {problem === undefined ? null : <Trouble problem={problem} again={() => setProblem(undefined)} />}
    </div>
  );
};

const Signers = ({
  signers,
  chosen,
  choose,
}: {
  readonly signers: readonly SignerObject[];
  readonly chosen: string;
  readonly choose: (key: string) => void;
}): JSX.Element | null =>
  signers.length < 2 ? null : (
    <label class="field">
      Key that signs
      <select value={chosen} onChange={({ currentTarget: { value } }) => choose(value)}>
        {signers.map(({ principal, key, type, passkey }) => (
          <option key={key} value={key}>
            {visible(`${principal}, ${passkey ? "passkey" : type}, ${key}`)}
          </option>
        ))}
      </select>
    </label>
  );

/** The exact command, and the wait for what it records; or the record itself, for who signs files. */
const Terminal = ({
  draft,
  isOff,
  post,
}: {
  readonly draft: DraftObject;
  readonly isOff: boolean;
  readonly post: (signature: string) => Promise<void>;
}): JSX.Element => {
  const [signature, setSignature] = useState("");
  return (
    <div class="terminal">
      <p class="hint" role="status">
        Give this in a terminal. This page waits for the record, and ends its draft <Moment at={draft.endsAt} />.
      </p>
      <Command line={draft.command} />
      <details>
        <summary>Or sign the record itself</summary>
        <p class="hint">Save these bytes as FILE:</p>
        <pre class="lines" tabIndex={0} role="region" aria-label="The record">
          {visibleLines(draft.record)}
        </pre>
        <Command line={draft.ssh} />
        <label class="field">
          Text of FILE.sig
          <textarea value={signature} onInput={({ currentTarget: { value } }) => setSignature(value)} />
        </label>
        <button type="button" disabled={isOff || signature.trim() === ""} onClick={() => void post(signature)}>
          Post the signature
        </button>
      </details>
    </div>
  );
};

const notSigned = (says: string): Problem => ownProblem("passkey", says, "sign in the terminal, or try again");
