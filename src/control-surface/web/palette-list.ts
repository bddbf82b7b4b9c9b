/** Something that the palette can open. */
export interface Entry {
  readonly kind: "place" | "work" | "run" | "target" | "help";
  readonly word: string;
  readonly more: string;
  readonly to: string;
}

export const PALETTE_PLACES: readonly Entry[] = [
  place("Inbox", "/"),
  place("Packets", "/packets"),
  place("Runs", "/runs"),
  place("Targets", "/targets"),
  place("Audit", "/audit"),
  place("Health", "/health"),
  place("Compare", "/compare"),
  place("Settings", "/settings"),
  { kind: "help", word: "Keys", more: "what each key does", to: "" },
];

/**
 * The entries that a text means, the best first: an id or word that begins with it, then each of its words anywhere.
 * `CTO-WORK-049` and `R-049-01` are also found by `049`.
 */
export const entriesFor = (text: string, entries: readonly Entry[], max: number): readonly Entry[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ word, more }: Entry): number => {
    const [own, all] = [word.toLowerCase(), `${word} ${more}`.toLowerCase()];
    if (!words.every((one) => all.includes(one))) return 3;
    const first = words[0] ?? "";
    if (own.startsWith(first)) return 0;
    return own.replace(/^(?:cto-work|r)-/, "").startsWith(first) ? 1 : 2;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank || KINDS.indexOf(a.entry.kind) - KINDS.indexOf(b.entry.kind))
    .slice(0, max)
    .map(({ entry }) => entry);
};

const KINDS: readonly Entry["kind"][] = ["place", "work", "run", "target", "help"];

/** The work item whose runs a text begins to name, so that only those are asked for. */
export const workOfPrefix = (text: string): string | undefined => {
  const number = /^\s*r?-?(\d{3,})(?:-\d*)?\s*$/i.exec(text)?.[1];
  return number === undefined ? undefined : `CTO-WORK-${number}`;
};

/** What the palette has read of the home so far, and what is still awaited or could not be read. */
export interface PaletteList {
  readonly entries: readonly Entry[];
  readonly awaited: readonly string[];
  readonly unread: readonly string[];
}

export const NOTHING_READ: PaletteList = { entries: [], awaited: [], unread: [] };

export const waitingFor = ({ entries, awaited, unread }: PaletteList, what: string): PaletteList => ({
  entries,
  awaited: [...awaited, what],
  unread,
});

/** With what came of one list; each thing stands once. A list that cannot be read leaves the others. */
export const withEntries = (
  { entries, awaited, unread }: PaletteList,
  what: string,
  came: readonly Entry[] | "unread",
): PaletteList => {
  const left = awaited.filter((one) => one !== what);
  if (came === "unread") return { entries, awaited: left, unread: [...unread, what] };
  const more = came.filter(({ to }) => entries.every((one) => one.to !== to));
  return { entries: [...entries, ...more], awaited: left, unread };
};

/** What is said below the list: that nothing is called so only where everything was read. */
export const saidOf = ({ awaited, unread }: PaletteList, found: number): string => {
  const lost = unread.length === 0 ? "" : `Could not be read: ${unread.join(", ")}.`;
  if (awaited.length > 0) return `${lost} Still reading: ${awaited.join(", ")}.`.trim();
  return found > 0 || lost !== "" ? lost : "Nothing here is called that.";
};

function place(word: string, to: string): Entry {
  return { kind: "place", word, more: "", to };
}
