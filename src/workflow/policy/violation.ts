import { refusal, wordsOf, type Refusal } from "../refusal.ts";

/** What of a judged row its refusal speaks of. */
export interface JudgedRow {
  readonly path: string;
  readonly change: string;
  readonly verdict: string;
  readonly rule: string;
}

/** The refusal of a row that may not be committed; "none" for one that may, and for scratch. */
export const violationOf = ({ path, change, verdict, rule }: JudgedRow): Refusal | "none" => {
  if (verdict === "allowed" || verdict === "scratch") return "none";
  if (verdict === "forbidden") return refusal("policy/forbidden-path", { path, change, rule });
  if (verdict === "unlisted") return refusal("policy/unlisted-path", { path, change });
  return refusal("policy/anomalous-path", { path, rule });
};

export const violationWords = (row: JudgedRow): { readonly code: string; readonly says: string } | "none" => {
  const violation = violationOf(row);
  return violation === "none" ? "none" : { code: violation.code, says: wordsOf(violation).says };
};
