/** One fact of two things, side by side; undefined where a thing does not have it. */
export interface Compared {
  readonly name: string;
  readonly a: readonly string[] | undefined;
  readonly b: readonly string[] | undefined;
}

/** Every member of two contracts, nested ones by their path, each value as the lines that it has. */
export const comparedMembers = (a: unknown, b: unknown): readonly Compared[] => {
  const [ofA, ofB] = [membersOf(a), membersOf(b)];
  const names = [...ofA.keys(), ...[...ofB.keys()].filter((name) => !ofA.has(name))];
  return names.map((name) => ({ name, a: ofA.get(name), b: ofB.get(name) }));
};

const membersOf = (value: unknown, path = ""): ReadonlyMap<string, readonly string[]> => {
  if (Array.isArray(value)) return new Map([[path, value.map(textOf)]]);
  if (typeof value !== "object" || value === null) return new Map([[path, [textOf(value)]]]);
  return new Map(
    Object.entries(value).flatMap(([name, member]) => [...membersOf(member, path === "" ? name : `${path}.${name}`)]),
  );
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export const isSame = ({ a, b }: Compared): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((line, n) => line === b[n]);
