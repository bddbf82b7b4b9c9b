/** The verdict on one point, and on the whole: any FAIL is FAIL, else any NOT-PROVEN is NOT-PROVEN. */
export type VerdictWord = "PASS" | "FAIL" | "NOT-PROVEN";

/** Why a row is no pass; `cto explain` knows each. */
export type VerifyCode =
  | "evidence/file-set-differs"
  | "evidence/manifest-wrong"
  | "evidence/digest-differs"
  | "evidence/chain-broken"
  | "evidence/checkpoint-differs"
  | "evidence/ledger-differs"
  | "evidence/signature-missing"
  | "evidence/signature-invalid"
  | "evidence/binding-differs"
  | "evidence/patch-differs"
  | "evidence/proof-contradicted"
  | "evidence/report-contradicted"
  | "evidence/redaction-contradicted"
  | "evidence/later-differs"
  | "evidence/not-proven"
  | "verify/not-sealed";

/** One row of `cto verify`. Texts may quote the bundle: show them escaped. */
export interface Check {
  readonly id: string;
  readonly verdict: VerdictWord;
  readonly says: string;
  readonly file?: string;
  readonly code?: VerifyCode;
}

export interface Verdict {
  readonly verdict: VerdictWord;
  /** FAIL rows first, then NOT-PROVEN, then PASS, each in the order of the checks. */
  readonly checks: readonly Check[];
  readonly notClaimed: readonly string[];
}

export const pass = (id: string, says: string): Check => ({ id, verdict: "PASS", says });

export const fail = (id: string, code: VerifyCode, says: string, file?: string): Check => ({
  id,
  verdict: "FAIL",
  says,
  code,
  ...(file === undefined ? {} : { file }),
});

export const notProven = (id: string, says: string, file?: string): Check => ({
  id,
  verdict: "NOT-PROVEN",
  says,
  code: "evidence/not-proven",
  ...(file === undefined ? {} : { file }),
});

/** The rows that object, or the one row that passes. */
export const passUnless = (id: string, objections: readonly Check[], says: string): readonly Check[] =>
  objections.length > 0 ? objections : [pass(id, says)];

export const wholeVerdict = (checks: readonly Check[]): VerdictWord => {
  if (checks.some(({ verdict }) => verdict === "FAIL")) return "FAIL";
  return checks.length > 0 && checks.every(({ verdict }) => verdict === "PASS") ? "PASS" : "NOT-PROVEN";
};
