import type { Check, Verdict, VerdictWord } from "../workflow/evidence/verify/verdict.ts";
import { element, told } from "./element.ts";

const MARKS: Readonly<Record<VerdictWord, { readonly mark: string; readonly tone: string; readonly says: string }>> = {
  PASS: { mark: "✓", tone: "ok", says: "Every check passed against the trust that you gave." },
  FAIL: {
    mark: "✕",
    tone: "bad",
    says: "These files are not the evidence of one run as it was sealed. Believe nothing below.",
  },
  "NOT-PROVEN": { mark: "?", tone: "warn", says: "Nothing was found false, and not everything could be proven." },
};

/** The one word, and on what it rests. */
export const verdictBand = (verdict: Verdict, what: string, trust: string): HTMLElement => {
  const { mark, tone, says } = MARKS[verdict.verdict];
  const of = (word: VerdictWord): number => verdict.checks.filter((check) => check.verdict === word).length;
  const counts = `${of("PASS")} of ${verdict.checks.length} pass, ${of("FAIL")} fail, ${of("NOT-PROVEN")} not proven`;
  return element(
    "div",
    { class: `verdict ${tone}`, "data-verdict": verdict.verdict },
    element("span", { class: "mark", "aria-hidden": "true" }, mark),
    element(
      "div",
      {},
      element("h2", { id: "verdict", tabindex: "-1" }, verdict.verdict),
      element("p", { class: "says" }, says),
      element("p", { class: "quiet" }, told(what), ` · ${counts}`),
      element("p", { class: "quiet" }, trust),
    ),
  );
};

/** Every row; FAIL and NOT-PROVEN come first, as the library orders them. */
export const checksPanel = ({ checks }: Verdict): HTMLElement =>
  element(
    "section",
    { class: "panel", "aria-labelledby": "checks-title" },
    element("h2", { id: "checks-title" }, "What was checked"),
    element(
      "table",
      { class: "checks" },
      element("caption", { class: "hidden" }, "Checks, the failed ones first"),
      element(
        "thead",
        { class: "hidden" },
        element("tr", {}, ...["Verdict", "Check", "Says"].map((word) => element("th", { scope: "col" }, word))),
      ),
      element("tbody", {}, ...checks.map(checkRow)),
    ),
  );

const checkRow = ({ verdict, id, says, file }: Check): HTMLElement => {
  const { mark, tone } = MARKS[verdict];
  return element(
    "tr",
    { class: tone, "data-check": id, "data-verdict": verdict },
    element("td", { class: "word" }, element("span", { class: "mark", "aria-hidden": "true" }, mark), verdict),
    element("th", { scope: "row" }, id),
    element("td", {}, file === undefined ? undefined : told(`${file}: `, "file"), told(says)),
  );
};

/** As large as the checks: what no pass of them says. */
export const limitsPanel = (notClaimed: readonly string[], more: readonly string[]): HTMLElement =>
  element(
    "section",
    { class: "panel", "aria-labelledby": "limits-title" },
    element("h2", { id: "limits-title" }, "What a pass does not establish"),
    element("ul", { class: "limits" }, ...[...more, ...notClaimed].map((says) => element("li", {}, told(says)))),
  );
