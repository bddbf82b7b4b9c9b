import type { JSX } from "preact";

import { visible } from "../../../workflow/visible-text.ts";

/** Words that nobody here vouches for: whatever hides or reorders is written out, and they keep their own direction. */
export const Told = ({ text }: { readonly text: string }): JSX.Element => <bdi class="told">{visible(text)}</bdi>;

/** The same where each letter counts: paths, commands, names of files. */
export const Code = ({ text }: { readonly text: string }): JSX.Element => (
  <code class="told">{breakable(visible(text))}</code>
);

/** A long name breaks where a reader would break it, if it has to. */
const breakable = (text: string): readonly (string | JSX.Element)[] =>
  text.length > NAME_MAX || text.includes(" ")
    ? [text]
    : text.split(/(?<=[/_])/).flatMap((part, n) => (n === 0 ? [part] : [<wbr key={n} />, part]));

const NAME_MAX = 200;
