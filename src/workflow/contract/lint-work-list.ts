import { BANNER } from "../packet/fixed-words.ts";
import { objectionsToValues, staleReview } from "../packet/frontmatter-values.ts";
import { readFrontmatter } from "../packet/frontmatter.ts";
import type { Line } from "../packet/line.ts";
import type { FrontmatterKey, Placed, SourceDocument } from "../packet/packet.ts";
import { textOf } from "../packet/source-text.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { listedWork, type ListedWork } from "./work-list.ts";

/** What a look at one work-item list brought. */
export interface LookedAtList {
  readonly errors: readonly Refusal[];
  readonly warnings: readonly Refusal[];
  /** Every work item that it lists, or that this cannot be told. */
  readonly works: readonly ListedWork[] | "unknown";
  /** Where it says that it comes from. */
  readonly from: Placed<string> | undefined;
}

/** A list as a document of the home: frontmatter, banner, review, and what it lists (R009 to R013, R016). One without frontmatter is an old one. */
export const lookAtList = (source: SourceDocument, today: string): LookedAtList => {
  const listed = listedWork(source);
  const works = listed.ok ? listed.value : "unknown";
  const wrong = listed.ok ? [] : listed.refusals;
  const text = textOf(source);
  if (!text.ok) return { errors: wrong, warnings: [], works, from: undefined };
  const { values, objections, body } = readFrontmatter(text.value.lines, source.path);
  if (body === undefined) return { errors: wrong, warnings: objections, works, from: undefined };
  const { last_reviewed: reviewed } = values;
  return {
    errors: [
      ...objections,
      ...objectionsToList(values, source.path, today),
      ...objectionsToBanner(body, source.path),
      ...wrong,
    ],
    warnings: reviewed === undefined ? [] : staleReview(reviewed, today),
    works,
    from: values.source,
  };
};

const LIFECYCLES: readonly string[] = ["planning", "execution", "evidence", "archive"];
// A packet has one name and one lifecycle; of a list both are asked here.
const OF_PACKETS: ReadonlySet<string> = new Set(["packet/file-name", "packet/name-mismatch", "packet/lifecycle"]);

function* objectionsToList(
  values: Readonly<Partial<Record<FrontmatterKey, Placed<string>>>>,
  path: string,
  today: string,
): Iterable<Refusal> {
  const { name, lifecycle_classification: lifecycle } = values;
  const expected = (path.split("/").at(-1) ?? "").replace(/\.md$/, "").toLowerCase();
  if (name !== undefined && name.value !== expected)
    yield refusal("packet/name-mismatch", { name: name.value, expected }, name.at);
  if (lifecycle !== undefined && !LIFECYCLES.includes(lifecycle.value))
    yield refusal("packet/lifecycle", { value: lifecycle.value }, lifecycle.at);
  for (const found of objectionsToValues(values, path, today)) if (!OF_PACKETS.has(found.code)) yield found;
}

const objectionsToBanner = (body: readonly Line[], path: string): readonly Refusal[] => {
  const [title, banner] = body.filter(({ text }) => text !== "");
  const at = banner?.at ?? title?.at ?? { file: path, line: 1, column: 1 };
  return title?.text.startsWith("# ") === true && banner?.text === BANNER
    ? []
    : [refusal("packet/banner", { expected: BANNER }, at)];
};
