import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";
import {
  differenceIn,
  entryAfter,
  expectedCharacter,
  namedCharacter,
  type Difference,
  type Entry,
} from "../sentence.ts";

/** The exact sentence, and the field in which it is typed; the first character that differs is named as it is typed. */
export const SentenceField = ({
  label,
  sentence,
  typed,
  isDisabled,
  entryIs,
  onTyped,
}: {
  readonly label: string;
  readonly sentence: string;
  readonly typed: string;
  readonly isDisabled: boolean;
  /** Whether the record that is signed says how the words came. */
  readonly entryIs: "recorded" | "not-recorded";
  readonly onTyped: (typed: string, entry: Entry) => void;
}): JSX.Element => {
  const [field, hint] = [useId(), useId()];
  const entry = useRef<Entry>("typed");
  const difference = differenceIn(sentence, typed);
  const same = Array.from(sentence)
    .slice(0, typed === "" ? 0 : (difference?.at ?? Infinity) - 1)
    .join("");
  return (
    <div class="sentence-field">
      <p class="sentence" data-sentence={visible(sentence)}>
        <span class={typed === "" ? "" : "same"}>{visible(same)}</span>
        {isWrong(typed, difference) ? (
          <>
            <span class="wrong">{visible(difference?.expected ?? "")}</span>
            {visible(sentence.slice(same.length + (difference?.expected.length ?? 0)))}
          </>
        ) : (
          visible(sentence.slice(same.length))
        )}
      </p>
      <label class="field" for={field}>
        {label}
      </label>
      <textarea
        id={field}
        data-key="sentence"
        aria-describedby={hint}
        aria-invalid={isWrong(typed, difference)}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        disabled={isDisabled}
        value={typed}
        onPaste={() => (entry.current = "pasted")}
        onDrop={() => (entry.current = "pasted")}
        onInput={(event) => {
          const { value } = event.currentTarget;
          entry.current = entryAfter(entry.current, value, event instanceof InputEvent ? event.inputType : undefined);
          onTyped(value, entry.current);
        }}
      />
      <p id={hint} class={isWrong(typed, difference) ? "hint bad text" : "hint"}>
        {saidOf(sentence, typed, difference)}
        {entryIs === "recorded" && entry.current === "pasted" ? " Pasted: the record will say so." : ""}
      </p>
    </div>
  );
};

/** What is only begun is no mistake yet. */
const isWrong = (typed: string, difference: Difference | undefined): boolean =>
  typed !== "" && difference !== undefined && difference.got !== "";

const saidOf = (sentence: string, typed: string, difference: Difference | undefined): string => {
  if (typed === "") return "Type it exactly. Nothing is trimmed or normalised.";
  if (difference === undefined) return "Equal, character for character.";
  const { at, expected, got } = difference;
  if (got === "") return `Equal so far: ${at - 1} of ${Array.from(sentence).length} characters.`;
  return `Character ${at}: expected ${expectedCharacter(expected)}, got ${namedCharacter(got)}.`;
};
