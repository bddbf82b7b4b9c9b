import { refusal, type Refusal } from "../refusal.ts";
import type { FrontmatterKey, Placed } from "./packet.ts";

type Values = Readonly<Partial<Record<FrontmatterKey, Placed<string>>>>;

export const PACKET_STATUSES = ["draft", "proposed", "validated", "superseded", "retired"] as const;
export const PROMOTIONS = ["not-promoted", "proposed", "promoted"] as const;
/** What the owner of a packet may be called. */
export const PRINCIPAL: RegExp = /^[a-z][a-z0-9-]{0,31}$/;
const REVIEW_DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** What is wrong with the values that are there (R009, R011, R012). */
export function* objectionsToValues(values: Values, path: string, today: string): Iterable<Refusal> {
  const { tier, status, owner, lifecycle_classification: lifecycle, core_promotion_status: promotion } = values;
  const wrong = (
    code:
      | "packet/tier"
      | "packet/status"
      | "packet/owner"
      | "packet/lifecycle"
      | "packet/promotion"
      | "packet/source-path",
    { value, at }: Placed<string>,
  ): Refusal => refusal(code, { value }, at);

  yield* objectionsToName(values.name, path);
  if (tier !== undefined && tier.value !== "local") yield wrong("packet/tier", tier);
  if (status !== undefined && !isOneOf(PACKET_STATUSES, status.value)) yield wrong("packet/status", status);
  if (owner !== undefined && !PRINCIPAL.test(owner.value)) yield wrong("packet/owner", owner);
  if (lifecycle !== undefined && lifecycle.value !== "planning") yield wrong("packet/lifecycle", lifecycle);
  if (promotion !== undefined && !isOneOf(PROMOTIONS, promotion.value)) yield wrong("packet/promotion", promotion);
  if (values.source !== undefined && !isOtherFile(values.source.value, path))
    yield wrong("packet/source-path", values.source);
  yield* objectionsToDates(values, today);
}

/** Days since the last review where that is too long ago. */
export const staleReview = (lastReviewed: Placed<string>, today: string): readonly Refusal[] => {
  const days = Math.floor((dayOf(today) - dayOf(lastReviewed.value)) / DAY_MS);
  return days > REVIEW_DAYS_MAX ? [refusal("packet/stale-review", { days }, lastReviewed.at)] : [];
};

const isOneOf = (known: readonly string[], text: string): boolean => known.includes(text);

const isOtherFile = (source: string, path: string): boolean =>
  source !== path && /^[^/\\~:]/.test(source) && source.split("/").every((part) => !["", ".", ".."].includes(part));

function* objectionsToName(name: Placed<string> | undefined, path: string): Iterable<Refusal> {
  const file = path.split("/").at(-1) ?? "";
  if (!/^CTO(?:-[A-Z0-9]+)+-APPROVAL-PACKET\.md$/.test(file)) {
    yield refusal("packet/file-name", { name: file }, { file: path, line: 1, column: 1 });
    return;
  }
  const expected = file.replace(/\.md$/, "").toLowerCase();
  if (name !== undefined && name.value !== expected) {
    yield refusal("packet/name-mismatch", { name: name.value, expected }, name.at);
  }
}

function* objectionsToDates({ created, last_reviewed: reviewed }: Values, today: string): Iterable<Refusal> {
  const wrong = ({ value, at }: Placed<string>, problem: string): Refusal =>
    refusal("packet/dates", { value, problem }, at);
  for (const date of [created, reviewed]) {
    if (date === undefined) continue;
    if (!isDate(date.value)) yield wrong(date, "is no day of the calendar, written as YYYY-MM-DD");
    else if (date.value > today) yield wrong(date, "lies after today");
  }
  if (created === undefined || reviewed === undefined || !isDate(created.value) || !isDate(reviewed.value)) return;
  if (reviewed.value < created.value) yield wrong(reviewed, "lies before the day of creation");
}

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = dayOf(text);
  return Number.isFinite(day) && new Date(day).toISOString().startsWith(text);
};

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
