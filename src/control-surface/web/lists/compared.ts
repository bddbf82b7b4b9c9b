import { textOf } from "../text-of.ts";

/** What one thing says of a fact: its lines, that it has no such fact, or that nobody knows yet. */
export type SideOf = readonly string[] | "absent" | "unknown";

/** One fact of two things, side by side. */
export interface Compared {
  readonly name: string;
  readonly a: SideOf;
  readonly b: SideOf;
}

/** Facts of one thing by their names; `unknown` where none of them is known yet. */
export type Facts = ReadonlyMap<string, readonly string[] | "unknown"> | "unknown";

/** Each fact of either, once. What a side does not have is absent there, unless nothing of that side is known. */
export const sideBySide = (a: Facts, b: Facts): readonly Compared[] =>
  [...new Set([...namesOf(a), ...namesOf(b)])].map((name) => ({ name, a: sideOf(a, name), b: sideOf(b, name) }));

const namesOf = (facts: Facts): readonly string[] => (facts === "unknown" ? [] : [...facts.keys()]);

const sideOf = (facts: Facts, name: string): SideOf =>
  facts === "unknown" ? "unknown" : (facts.get(name) ?? "absent");

/** Every member of two contracts, nested ones by their path, each value as the lines that it has. */
export const comparedMembers = (a: unknown, b: unknown): readonly Compared[] => sideBySide(membersOf(a), membersOf(b));

const membersOf = (value: unknown, path = ""): ReadonlyMap<string, readonly string[]> => {
  if (Array.isArray(value)) return new Map([[path, value.map(textOf)]]);
  if (typeof value !== "object" || value === null) return new Map([[path, [textOf(value)]]]);
  return new Map(
    Object.entries(value).flatMap(([name, member]) => [...membersOf(member, path === "" ? name : `${path}.${name}`)]),
  );
};

/** How the two sides of a fact stand to each other. Of what is not known nothing is said. */
export const relationOf = ({ a, b }: Compared): "same" | "differs" | "only-a" | "only-b" | "unknown" => {
  if (a === "unknown" || b === "unknown") return "unknown";
  if (a === "absent") return b === "absent" ? "same" : "only-b";
  if (b === "absent") return "only-a";
  return a.length === b.length && a.every((line, n) => line === b[n]) ? "same" : "differs";
};
