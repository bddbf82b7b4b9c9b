import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { Command, Copy } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { hasPasskeys, makePasskey, type MadePasskey } from "../sign.ts";

/** Makes a passkey in this browser. It signs nothing before its line stands in the trust root, which no page can write. */
export const Enrolment = (): JSX.Element => {
  const name = useSignal("");
  const made = useSignal<MadePasskey | "none">("none");
  const why = hindranceOf(name.value);
  const make = async (): Promise<void> => {
    made.value = await makePasskey(name.value);
  };
  return (
    <Panel title="Passkey" aside="a second way to sign">
      <form
        class="body"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <p>
          A passkey of this computer can sign approvals and outcomes on these pages, with your finger, face or PIN. Its
          private key never leaves it.
        </p>
        <label class="field">
          Your name in the trust root
          <input
            type="text"
            value={name.value}
            maxLength={64}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => (name.value = currentTarget.value)}
          />
        </label>
        <button type="submit" class="quiet" disabled={why !== undefined} aria-describedby="why-no-passkey">
          Make a passkey
        </button>
        <p class="hint" id="why-no-passkey">
          {why ?? "Writes nothing: you add the line that comes."}
        </p>
        <div role="status">{made.value === "none" ? null : <Made made={made.value} />}</div>
      </form>
    </Panel>
  );
};

const hindranceOf = (name: string): string | undefined => {
  if (!hasPasskeys()) return "Passkeys work at http://localhost alone, in a browser that has them.";
  return name === "" ? "Say your name first." : undefined;
};

const Made = ({ made }: { readonly made: MadePasskey }): JSX.Element =>
  made.kind === "not-made" ? (
    <p class="state warn">{made.says}</p>
  ) : (
    <div class="stack tight">
      <p>
        Add this line to <code>.sot/authority/allowed_signers</code>:
      </p>
      <div class="command">
        <Copy text={made.line} />
      </div>
      <p>Then let the home know it:</p>
      <Command line="cto keys trust --key KEY" />
    </div>
  );
