import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";

/** Text that copies itself; what is shown may be shorter than what is copied. */
export const Copy = ({ text, shown = text }: { readonly text: string; readonly shown?: string }): JSX.Element => {
  const { copied, copy, forget } = useCopy(text);
  return (
    <button type="button" class="copy" title={visible(text)} onClick={copy} onBlur={forget}>
      <code>{visible(shown)}</code>
      <span class="copied" role="status">
        {copied}
      </span>
    </button>
  );
};

/** Copies a text that is not shown on the button itself. */
export const CopyButton = ({ text }: { readonly text: string }): JSX.Element => {
  const { copied, copy, forget } = useCopy(text);
  return (
    <button type="button" onClick={copy} onBlur={forget}>
      Copy
      <span class="copied" role="status">
        {copied}
      </span>
    </button>
  );
};

interface Copying {
  readonly copied: "" | "copied" | "not copied";
  readonly copy: () => void;
  readonly forget: () => void;
}

/** A browser that lets no page write to the clipboard is said to have done nothing. */
const useCopy = (text: string): Copying => {
  const [copied, setCopied] = useState<Copying["copied"]>("");
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied("copied"),
      () => setCopied("not copied"),
    );
  return { copied, copy, forget: () => setCopied("") };
};

/** The first sixteen digits of a digest in groups of four, copied whole. */
export const Digest = ({ sha256 }: { readonly sha256: string }): JSX.Element => (
  <Copy text={sha256} shown={(sha256.slice(0, 16).match(/.{1,4}/g) ?? []).join(" ")} />
);

/** One word of a command line, whatever stands in it. */
export const quoted = (word: string): string =>
  /^[\w./@:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A command for the terminal. */
export const Command = ({ line }: { readonly line: string }): JSX.Element => (
  <div class="command">
    <Copy text={line} />
  </div>
);
