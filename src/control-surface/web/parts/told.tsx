import type { JSX } from "preact";

import { visible } from "../../../workflow/visible-text.ts";

/** Words that nobody here vouches for: whatever hides or reorders is written out, and they keep their own direction. */
export const Told = ({ text }: { readonly text: string }): JSX.Element => <bdi class="told">{visible(text)}</bdi>;

/** The same where each letter counts: paths, commands, names of files. */
export const Code = ({ text }: { readonly text: string }): JSX.Element => <code class="told">{visible(text)}</code>;
