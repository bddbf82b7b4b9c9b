import type { Readable, Writable } from "node:stream";

import { autocompleteMultiselect, isCancel, select, text } from "@clack/prompts";

import { visible } from "../workflow/visible-text.ts";
import { LEFT, type Guide, type Left, type Option } from "./guide.ts";

/** Questions at a terminal; they are drawn beside the answer of the command, on standard error. */
export const clackGuide = (streams: { readonly input: Readable; readonly output: Writable }): Guide => ({
  text: async (message, { initial, problem }) => {
    const given = await text({
      ...streams,
      message,
      ...(initial === undefined ? {} : { initialValue: initial }),
      validate: (value) => problem(value ?? ""),
    });
    return leftOr<string>(given);
  },
  one: async (message, options) =>
    leftOr<string>(await select<string>({ ...streams, message, options: options.map(shown), maxItems: ITEMS_SHOWN })),
  some: async (message, options) =>
    leftOr<readonly string[]>(
      await autocompleteMultiselect<string>({
        ...streams,
        message,
        options: options.map(shown),
        maxItems: ITEMS_SHOWN,
        required: true,
      }),
    ),
});

const ITEMS_SHOWN = 12;

// Names of files come from a target: none steers the terminal that lists it.
const shown = ({ value, hint }: Option) => ({
  value,
  label: visible(value),
  ...(hint === undefined ? {} : { hint: visible(hint) }),
});

const leftOr = <T extends string | readonly string[]>(given: T | symbol): T | Left =>
  isCancel(given) || typeof given === "symbol" ? LEFT : given;
