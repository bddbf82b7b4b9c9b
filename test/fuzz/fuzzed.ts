import type { Random } from "./random.ts";

/** What became of one case. Throwing is a crash of the reader; not coming back is a hang. */
export interface Judged {
  readonly isAccepted: boolean;
  /** Why a plain reader, which shares no line with ours, would not have accepted it; asked only where ours did. */
  readonly objections: readonly string[];
}

/** One kind of input that strangers write, and how it is read. */
export interface Fuzzed {
  readonly kind: string;
  /** Its share of all cases. */
  readonly share: number;
  readonly makeCase: (random: Random) => Uint8Array;
  readonly judge: (bytes: Uint8Array) => Judged | Promise<Judged>;
}

export const REFUSED: Judged = { isAccepted: false, objections: [] };

/** UTF-8 or nothing. */
export const plainText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** What JSON.parse says, or nothing. */
export const plainJson = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
};
