import type { JSX } from "preact";

import { SHOWN_STATES, STATE_WORDS, type ShownState, type Tone } from "../../../workflow/state-words.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Icon, type IconName } from "./icons.tsx";
import { shortWord } from "./short-word.ts";

/** Icon and word of a state, always together; the word is the server's, with its facts in it (surface.md 1). */
export const StateWord = ({
  state,
  word,
  seq,
}: {
  readonly state: string;
  readonly word: string;
  readonly seq?: number | undefined;
}): JSX.Element => {
  // Nothing is green, nor has a tick, without the record that says so.
  const isUnfounded = toneOf(state) === "ok" && seq === undefined;
  return (
    <span
      class={`state ${isUnfounded ? "neutral" : toneOf(state)}`}
      title={shortWord(word) === word ? undefined : visible(word)}
      data-state={state}
      data-event={seq}
    >
      <Icon name={isUnfounded ? "dash" : iconOf(state)} />
      <span>{visible(shortWord(word))}</span>
    </span>
  );
};

export const toneOf = (state: string): Tone => {
  const known = shownState(state);
  return known === undefined ? "neutral" : STATE_WORDS[known].tone;
};

const shownState = (state: string): ShownState | undefined => SHOWN_STATES.find((one) => one === state);

const ICONS: Readonly<Record<Tone, IconName>> = {
  neutral: "dash",
  info: "running",
  ok: "check",
  settled: "back",
  warn: "warn",
  bad: "cross",
};

// Nothing goes on in these.
const OWN: ReadonlyMap<string, IconName> = new Map([
  ["awaiting_outcome", "clock"],
  ["queued", "clock"],
  ["approved", "seal"],
]);

const iconOf = (state: string): IconName => OWN.get(state) ?? ICONS[toneOf(state)];
