import type { ChangedFile, Fact, Moment, Story } from "../verifier/story.ts";
import { visible } from "../workflow/visible-text.ts";
import { element, told } from "./element.ts";

const LINES_MAX = 400;
const MOMENTS_MAX = 400;

const WHOSE: Readonly<Record<string, string>> = {
  "human-signed": "signed by a human",
  "host-attested": "consent is host-attested only",
  "harness-observed": "seen by the Harness",
  derived: "drawn from the files",
  "agent-claimed": "said by the agent",
  "backend-claimed": "said by the backend",
};

/** Who approved what, what was allowed, what happened, what was changed, and how it ended. */
export const storyPanels = (story: Story): readonly HTMLElement[] => [
  panel("Result", "result", facts(story.result)),
  panel("Approved", "approved", facts(story.approved)),
  panel("Allowed", "allowed", facts(story.allowed)),
  panel("Changed", "changed", ...changes(story.changed)),
  panel("Happened", "happened", moments(story.happened)),
];

const panel = (title: string, id: string, ...content: readonly HTMLElement[]): HTMLElement =>
  element("section", { class: "panel", "aria-labelledby": id }, element("h2", { id }, title), ...content);

const empty = (): HTMLElement => element("p", { class: "quiet pad" }, "Nothing of this is in the bundle.");

const facts = (rows: readonly Fact[]): HTMLElement =>
  rows.length === 0
    ? empty()
    : element(
        "dl",
        { class: "facts" },
        ...rows.map(({ label, values, whose }) =>
          element(
            "div",
            { class: whose.endsWith("claimed") ? "claimed" : "row" },
            element("dt", {}, told(label)),
            element("dd", {}, valuesOf(values), element("p", { class: "whose" }, WHOSE[whose] ?? whose)),
          ),
        ),
      );

/** Names beside each other, sentences below each other. */
const valuesOf = (values: readonly string[]): HTMLElement => {
  if (values.length === 0) return element("p", {}, "none");
  const isNames = values.length > 2 && values.every((value) => !/\s/.test(value));
  return element(
    "div",
    { class: isNames ? "names" : "lines" },
    ...values.map((value) => element("p", {}, told(value))),
  );
};

const moments = (rows: readonly Moment[]): HTMLElement => {
  if (rows.length === 0) return empty();
  return element(
    "table",
    { class: "moments" },
    element("caption", { class: "hidden" }, "What happened, in order"),
    element(
      "thead",
      { class: "hidden" },
      element(
        "tr",
        {},
        ...["Event", "Time", "What", "Whose word"].map((word) => element("th", { scope: "col" }, word)),
      ),
    ),
    element("tbody", {}, ...rows.slice(0, MOMENTS_MAX).map(momentRow), ...cut(rows.length, MOMENTS_MAX, 4)),
  );
};

const momentRow = ({ sequence, time, what, detail, whose }: Moment): HTMLElement =>
  element(
    "tr",
    { class: whose.endsWith("claimed") ? "claimed" : "row" },
    element("td", { class: "number" }, String(sequence)),
    element("td", { class: "time" }, told(time.replace("T", " ").replace(/\.\d+Z$/, "Z"))),
    element("th", { scope: "row" }, what, detail === "" ? undefined : told(detail, "detail")),
    element("td", { class: "whose" }, WHOSE[whose] ?? visible(whose)),
  );

const cut = (length: number, most: number, columns: number): readonly HTMLElement[] =>
  length <= most
    ? []
    : [
        element(
          "tr",
          {},
          element("td", { colspan: String(columns), class: "quiet" }, `${length - most} more are in the files`),
        ),
      ];

const changes = (files: readonly ChangedFile[]): readonly HTMLElement[] =>
  files.length === 0 ? [empty()] : files.map(changedFile);

const changedFile = ({ path, change, added, removed, hunks }: ChangedFile): HTMLElement => {
  const rows = hunks.flatMap(({ at, lines }) => [
    element("div", { class: "at" }, at),
    ...lines.flatMap(({ side, text, isOpen }) => [
      element(
        "div",
        { class: side === "+" ? "added" : side === "-" ? "removed" : "same" },
        element("span", { class: "side" }, side === " " ? " " : side),
        element("bdi", {}, visible(text)),
      ),
      ...(isOpen ? [element("div", { class: "at" }, "\\ No newline at end of file")] : []),
    ]),
  ]);
  return element(
    "details",
    { class: "change", open: "" },
    element(
      "summary",
      {},
      told(path, "path"),
      element("span", { class: "quiet" }, ` ${change} `),
      element("span", { class: "plus" }, `+${added}`),
      " ",
      element("span", { class: "minus" }, `−${removed}`),
    ),
    element(
      "div",
      { class: "diff", tabindex: "0", role: "region", "aria-label": `Changed lines of ${visible(path)}` },
      ...rows.slice(0, LINES_MAX),
      rows.length > LINES_MAX
        ? element("div", { class: "at" }, `${rows.length - LINES_MAX} more lines are in patch.diff`)
        : undefined,
    ),
  );
};
