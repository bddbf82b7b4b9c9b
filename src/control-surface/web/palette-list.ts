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

function place(word: string, to: string): Entry {
  return { kind: "place", word, more: "", to };
}
