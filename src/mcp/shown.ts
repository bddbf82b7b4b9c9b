import { visibleLines } from "../workflow/visible-text.ts";

/** An answer as it leaves: nothing in it hides, turns or steers, and no sentence that a human has to type stands in it. */
export const shown = (told: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(told)
      .filter(([name]) => !HELD_BACK.has(name))
      .map(([name, value]) => [shownText(name), shownValue(value)]),
  );

const HELD_BACK: ReadonlySet<string> = new Set(["sentence", "requiredApproval"]);

/** The same for one text. */
export const shownText = (text: string): string => visibleLines(withoutSentences(text));

/** The sentences by which an owner approves or accepts (surface.md 5.1): an assistant that has one could hand it on as its own. */
const withoutSentences = (text: string): string =>
  SENTENCES.reduce((rest, sentence) => rest.replaceAll(sentence, LEFT_OUT), text);

const LEFT_OUT = "[a sentence that only a human types; read it in the packet]";

// Both stop at the end of the line, so that no text makes them slow.
const SENTENCES = [/I approve CTO-WORK-\d{3,9} against [^\n]*/gu, /I accept the outcome of CTO-WORK-\d{3,9}[^\n]*/gu];

const shownValue = (value: unknown): unknown => {
  if (typeof value === "string") return shownText(value);
  if (Array.isArray(value)) return value.map(shownValue);
  return isRecord(value) ? shown(value) : value;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
