/** What became of one listed file in this browser. */
export type Hashed =
  | { readonly kind: "same" }
  | { readonly kind: "differs"; readonly found: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unread"; readonly why: string };

export interface SumLine {
  readonly name: string;
  readonly sha256: string;
}

/** The lines of SHA256SUMS as coreutils writes them; undefined for anything else. */
export const sumLinesOf = (text: string): readonly SumLine[] | undefined => {
  if (!text.endsWith("\n")) return undefined;
  const lines = text
    .slice(0, -1)
    .split("\n")
    .map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line));
  const read = lines.flatMap((found) => (found === null ? [] : [{ name: found[2] ?? "", sha256: found[1] ?? "" }]));
  return read.length === lines.length && new Set(read.map(({ name }) => name)).size === read.length ? read : undefined;
};

/** What SHA256SUMS says of one file: its sum, that no line is about it, that it is no list at all, or that nobody could read it. */
export type SealedAs =
  | { readonly kind: "sum"; readonly sha256: string }
  | { readonly kind: "no-line" | "no-list" }
  | { readonly kind: "unread"; readonly why: string };

/** SHA256SUMS as it was read. */
export type SumsRead =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unread"; readonly why: string };

export const sealedAs = (file: string, sums: SumsRead): SealedAs => {
  if (sums.kind === "unread") return sums;
  const lines = sums.kind === "missing" ? undefined : sumLinesOf(sums.text);
  if (lines === undefined) return { kind: "no-list" };
  const line = lines.find(({ name }) => name === file);
  return line === undefined ? { kind: "no-line" } : { kind: "sum", sha256: line.sha256 };
};

/** Lower-case hexadecimal, as SHA256SUMS has it. */
export const hexOf = (digest: ArrayBuffer): string =>
  [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export interface Rehash {
  /** `listing`: SHA256SUMS is being read. `unread`: it could not be. `unlisted`: it is none. `ended`: each listed file has its answer. */
  readonly state: "waiting" | "listing" | "unread" | "unlisted" | "hashing" | "ended";
  readonly listed: readonly SumLine[];
  readonly found: ReadonlyMap<string, Hashed>;
}

/** The files that are not what SHA256SUMS says: one is enough to believe none. */
export const mismatchesOf = ({ state, found }: Rehash): readonly string[] =>
  state === "unlisted"
    ? ["SHA256SUMS"]
    : [...found].filter(([, { kind }]) => kind === "differs" || kind === "missing").map(([name]) => name);

/** Whether it is known which files SHA256SUMS lists. */
export const isListed = ({ state }: Rehash): boolean => state === "hashing" || state === "ended";

/** "33 of 33 hashed in this browser": the first number counts only files whose bytes were hashed here and are the same. */
export const saidOf = (rehash: Rehash): string => {
  const { state, listed, found } = rehash;
  const same = [...found.values()].filter(({ kind }) => kind === "same").length;
  switch (state) {
    case "waiting":
      return "not hashed in this browser yet";
    case "listing":
      return "reading SHA256SUMS";
    case "unread":
      return "SHA256SUMS could not be read: nothing is hashed in this browser";
    case "unlisted":
      return "SHA256SUMS is not a list of sums";
    case "hashing":
      return `hashing in this browser, ${found.size} of ${listed.length}`;
    case "ended": {
      const differ = mismatchesOf(rehash).length;
      const unread = listed.length - same - differ;
      const not = [differ === 0 ? "" : `${differ} differ`, unread === 0 ? "" : `${unread} could not be read`];
      return [`${same} of ${listed.length} hashed in this browser`, ...not.filter((part) => part !== "")].join(", ");
    }
  }
};
