import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange } from "../../workflow/policy/exchange.ts";
import type { Redactor } from "./redactor.ts";

type Reading = Pick<Redactor, "text" | "openText">;

/** A text from inside, as it may stand in a line: redacted before it is cut, so that no half of a secret is left. */
export const shownText = (redactor: Reading, text: string, file: string, charactersMax: number): string =>
  redactedBegin(redactor, text, file).slice(0, charactersMax).replace(HALF_MARK, "").toWellFormed();

// Of a text that is read in part, whatever could go on to be a secret stays with the part that is not.
const redactedBegin = (redactor: Reading, text: string, file: string): string =>
  text.length <= READ_MAX
    ? redactor.text(text, file)
    : redactor.openText(file).push(text.slice(0, READ_MAX).replace(HALF_CHARACTER, ""));

const READ_MAX = 65_536;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;
const HALF_MARK = /\[redacted:[^\]]*$/;

/** An exchange as its line in `backend/egress.jsonl` tells of it. */
export const shownExchange = (redactor: Reading, exchange: Exchange, file: string): Exchange => {
  const { method, host, path, rule, model, field } = exchange;
  const shown = (text: string, charactersMax: number = LIMITS.attemptTextCharactersMax): string =>
    shownText(redactor, text, file, charactersMax);
  return {
    ...exchange,
    method: shown(method),
    host: shown(host),
    path: shown(path),
    rule: shown(rule),
    model: model === null ? null : shown(model),
    ...(field === undefined ? {} : { field: shown(field, LIMITS.relayFieldCharactersMax) }),
  };
};
