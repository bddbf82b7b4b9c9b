import { LIMITS } from "../limits.ts";
import { foldedSegments } from "../path-rules.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { BASE_FORBIDDEN_PATHS } from "../vocabulary.ts";
import { placeWithin } from "./line.ts";
import type { Placed } from "./packet.ts";
import { objectionsToForm } from "./path-form.ts";
import { isForbidden } from "./path-overlap.ts";
import type { Block } from "./sections.ts";

interface PathLists {
  readonly allowed: readonly Placed<string>[];
  readonly forbidden: readonly Placed<string>[];
}

/** Allowed and forbidden paths, each by itself and the one against the other (R029, R030). */
export const readPaths = (allowed: Block, forbidden: Block, objections: Refusal[]): PathLists => {
  const lists: PathLists = {
    allowed: codeItems(withinBound(allowed, LIMITS.packetPathsMax, objections), "PATH", objections),
    forbidden: codeItems(withinBound(forbidden, LIMITS.packetPathsMax, objections), "PATH", objections),
  };
  const places = [...lists.allowed, ...lists.forbidden];
  if (lists.allowed.length === 0 && allowed.lead !== undefined) {
    objections.push(refusal("packet/allowed-empty", {}, allowed.lead.at));
  }
  objections.push(...places.flatMap(objectionsToForm), ...twins(lists.allowed), ...twins(lists.forbidden));
  objections.push(...removedIn(forbidden, lists.forbidden));
  const readable = lists.allowed.filter((path) => objectionsToForm(path).length === 0);
  objections.push(...readable.flatMap((path) => overlapOf(path, lists.forbidden)));
  return lists;
};

/** The items of a list, as many as it may have. */
export const withinBound = ({ items }: Block, max: number, objections: Refusal[]): readonly Placed<string>[] => {
  const excess = items[max];
  if (excess === undefined) return items;
  objections.push(refusal("packet/list-too-long", { items: items.length, max }, excess.at));
  return items.slice(0, max);
};

const removedIn = ({ lead }: Block, forbidden: readonly Placed<string>[]): readonly Refusal[] => {
  if (lead === undefined) return [];
  const removed = BASE_FORBIDDEN_PATHS.filter((path) => !forbidden.some(({ value }) => value === path));
  return removed.map((path) => refusal("packet/forbidden-path-removed", { path }, lead.at));
};

/** Items that are one piece of inline code each; the value is what stands inside, in words `what`. */
export const codeItems = (
  items: readonly Placed<string>[],
  what: string,
  objections: Refusal[],
): readonly Placed<string>[] =>
  items.flatMap((item) => {
    const value = /^`([^`]+)`$/.exec(item.value)?.[1];
    if (value !== undefined) return [{ value, at: placeWithin(item.at, item.value, 1) }];
    objections.push(refusal("packet/item-form", { item: item.value, form: `\`${what}\`` }, item.at));
    return [];
  });

/** Entries that stand there twice. */
export function* repeated(items: readonly Placed<string>[]): Iterable<Refusal> {
  const seen = new Map<string, number>();
  for (const { value, at } of items) {
    const line = seen.get(value);
    if (line === undefined) seen.set(value, at.line);
    else yield refusal("packet/item-repeated", { item: value, line }, at);
  }
}

function* twins(paths: readonly Placed<string>[]): Iterable<Refusal> {
  yield* repeated(paths);
  const seen = new Map<string, Placed<string>>();
  for (const path of paths) {
    const name = foldedSegments(path.value).join("/");
    const other = seen.get(name);
    if (other === undefined) seen.set(name, path);
    else if (other.value !== path.value) {
      yield refusal("packet/path-twin", { path: path.value, other: other.value, line: other.at.line }, path.at);
    }
  }
}

// One refusal for each allowed path; its first rule is enough to remove it.
const overlapOf = ({ value: path, at }: Placed<string>, forbidden: readonly Placed<string>[]): readonly Refusal[] => {
  const rule = forbidden.find((rule) => isForbidden(path, rule.value));
  if (rule === undefined) return [];
  return [refusal("packet/allowed-is-forbidden", { path, rule: rule.value, line: rule.at.line }, at)];
};
