import { refusal, type FactsOf, type Refusal } from "../refusal.ts";
import { placeWithin } from "./line.ts";
import type { Packet, Placed } from "./packet.ts";
import { leadingItems, linesOfSection } from "./section-lines.ts";
import type { Section } from "./sections.ts";

interface TargetSection {
  readonly target?: Packet["target"];
  /** The path alone, for the sentence to be compared with, also where another item is wrong. */
  readonly path?: string;
  readonly prose: readonly Placed<string>[];
}

const KEYS = [
  "Target Repository",
  "Admission source",
  "Admission status",
  "Repository owner",
  "Risk classification",
  "Current observed state",
] as const;
type Key = (typeof KEYS)[number];

/** Six items, each once: what the packet claims of its target. The Admission record decides. */
export const readTarget = (section: Section, owner: string, objections: Refusal[]): TargetSection => {
  const { items, rest } = leadingItems(section);
  const { prose } = linesOfSection(rest, [], objections);
  const found = itemsByKey(items, section, objections);
  const path = found.get("Target Repository");
  const target = targetOf(found, owner, objections);
  return { prose, ...(path === undefined ? {} : { path: path.value }), ...(target === undefined ? {} : { target }) };
};

/** One spelling only, in characters that the owner's sentence may hold. */
const isTargetPath = (path: string): boolean =>
  /^(?:\/[^/]+)+$/.test(path) &&
  /^[\x20-\x7e]*$/.test(path) &&
  !/["'`<>\\]/.test(path) &&
  path.split("/").every((part) => part !== "." && part !== ".." && part === part.trim()) &&
  !path.includes("  ");

const itemsByKey = (
  items: readonly Placed<string>[],
  { heading, at }: Section,
  objections: Refusal[],
): ReadonlyMap<Key, Placed<string>> => {
  const found = new Map<Key, Placed<string>>();
  for (const item of items) {
    const key = KEYS.find((known) => item.value.startsWith(`${known}: `));
    const earlier = key && found.get(key);
    if (key === undefined) {
      objections.push(refusal("packet/item-unknown", { item: item.value, section: heading }, item.at));
    } else if (earlier !== undefined) {
      objections.push(refusal("packet/item-repeated", { item: key, line: earlier.at.line }, item.at));
    } else {
      const value = valueOf(key, item, objections);
      if (value !== undefined) found.set(key, value);
    }
  }
  const named = (key: Key): boolean => items.some(({ value }) => value.startsWith(`${key}: `));
  const missing = KEYS.filter((key) => !named(key));
  objections.push(...missing.map((item) => refusal("packet/item-missing", { item, section: heading }, at)));
  return found;
};

const valueOf = (key: Key, item: Placed<string>, objections: Refusal[]): Placed<string> | undefined => {
  const start = key.length + 2;
  const written = item.value.slice(start);
  if (key === "Current observed state") return { value: written, at: placeWithin(item.at, item.value, start) };
  const inside = /^`([^`]+)`$/.exec(written)?.[1];
  if (inside === undefined) {
    objections.push(refusal("packet/item-form", { item: item.value, form: `${key}: \`VALUE\`` }, item.at));
    return undefined;
  }
  return { value: inside, at: placeWithin(item.at, item.value, start + 1) };
};

const targetOf = (
  found: ReadonlyMap<Key, Placed<string>>,
  owner: string,
  objections: Refusal[],
): Packet["target"] | undefined => {
  const path = found.get("Target Repository");
  const admissionSource = found.get("Admission source");
  const admissionStatus = found.get("Admission status");
  const repositoryOwner = found.get("Repository owner");
  const risk = found.get("Risk classification");
  const state = found.get("Current observed state");
  const wrong = (code: CodeOfValue, place: Placed<string> | undefined, isGood: (value: string) => boolean): void => {
    if (place !== undefined && !isGood(place.value)) objections.push(refusal(code, { value: place.value }, place.at));
  };
  wrong("packet/target-path", path, isTargetPath);
  wrong("packet/admission-source", admissionSource, (value) => ADMISSION_SOURCE.test(value));
  wrong("packet/admission-status", admissionStatus, (value) => ADMISSION_STATUSES.includes(value));
  wrong("packet/risk", risk, (value) => /^[a-z][a-z0-9_]{0,63}$/.test(value));
  if (repositoryOwner !== undefined && repositoryOwner.value !== owner) {
    const facts: FactsOf<"packet/owner-disagrees"> = { found: repositoryOwner.value, expected: owner };
    objections.push(refusal("packet/owner-disagrees", facts, repositoryOwner.at));
  }
  const observed = observedState(state, objections);
  if (!path || !admissionSource || !admissionStatus || !repositoryOwner || !risk || !observed) return undefined;
  return { path, admissionSource, admissionStatus, owner: repositoryOwner, risk, observed };
};

type CodeOfValue = "packet/target-path" | "packet/admission-source" | "packet/admission-status" | "packet/risk";

const ADMISSION_SOURCE = /^\.sot\/03-PROTOCOLS\/CTO(?:-[A-Z0-9]+)+-ADMISSION\.json$/;
const ADMISSION_STATUSES = ["proposed", "admitted", "suspended", "revoked"];

const observedState = (
  state: Placed<string> | undefined,
  objections: Refusal[],
): Packet["target"]["observed"] | undefined => {
  if (state === undefined) return undefined;
  const branch = /^clean `([^`]+)` branch before approval packet creation$/.exec(state.value)?.[1];
  if (branch === undefined || !isBranch(branch)) {
    objections.push(refusal("packet/observed-state", {}, state.at));
    return undefined;
  }
  const at = placeWithin(state.at, state.value, "clean `".length);
  return { branch: { value: branch, at }, clean: true, when: "before approval packet creation" };
};

// Narrower than git's own rule for branch names: no name that a shell, a ref or a path could read otherwise.
const isBranch = (name: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(name);
