/** Something that was granted, or done by our own hands: it covers one effect. */
interface Cover {
  readonly callId: string | undefined;
  /** By which it is found; a title where no command was said. */
  readonly command: string | undefined;
  /** What was really said as a command. */
  readonly ran: string | undefined;
  readonly paths: readonly string[];
}

/** What a call did, by its own words. */
export interface Effect {
  readonly callId: string | undefined;
  readonly command: string | undefined;
  readonly changed: readonly string[];
  readonly paths: readonly string[];
}

/** Covers that wait for their effects. Whatever their number, one is found in the time that its effect's paths take. */
export interface Covers {
  add(cover: Cover): void;
  /** Takes the first with the same id, else with the same command, else with one of the paths. */
  take(effect: Effect): boolean;
}

interface Entry {
  readonly cover: Cover;
  readonly order: number;
  isSpent: boolean;
}

export const openCovers = (): Covers => {
  const lines = new Map<string, { readonly entries: Entry[]; next: number }>();
  let last = 0;
  const first = (key: string): Entry | undefined => {
    const line = lines.get(key);
    while (line?.entries[line.next]?.isSpent === true) line.next += 1;
    return line?.entries[line.next];
  };
  const byId = ({ callId, ...effect }: Effect): Entry | undefined => {
    const entry = callId === undefined ? undefined : first(`id ${callId}`);
    return entry !== undefined && fits(entry.cover, effect) ? entry : undefined;
  };
  const byPath = (paths: readonly string[]): Entry | undefined =>
    paths.flatMap((path) => first(`path ${path}`) ?? []).sort((a, b) => a.order - b.order)[0];
  return {
    add: (cover) => {
      const entry: Entry = { cover, order: (last += 1), isSpent: false };
      for (const key of keysOf(cover)) {
        const line = lines.get(key) ?? { entries: [], next: 0 };
        lines.set(key, line);
        line.entries.push(entry);
      }
    },
    take: (effect) => {
      const byCommand = effect.command === undefined ? undefined : first(`run ${effect.command}`);
      const entry = byId(effect) ?? byCommand ?? byPath(effect.paths);
      if (entry === undefined) return false;
      entry.isSpent = true;
      return true;
    },
  };
};

// An id alone covers nothing else than what was asked for under it. Some agents end a call with the bare name of its file.
const fits = ({ ran, paths }: Cover, { command, changed }: Omit<Effect, "callId">): boolean =>
  (ran === undefined || command === undefined || ran === command) &&
  (ran !== undefined ||
    paths.length === 0 ||
    changed.every((path) => paths.some((asked) => asked === path || asked.endsWith(`/${path}`))));

const keysOf = ({ callId, command, paths }: Cover): readonly string[] => [
  ...(callId === undefined ? [] : [`id ${callId}`]),
  ...(command === undefined ? [] : [`run ${command}`]),
  ...new Set(paths.map((path) => `path ${path}`)),
];
