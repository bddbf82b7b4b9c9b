import { joined } from "./bytes.ts";
import { BLOCK } from "./tar-header.ts";

/** An archive read from its start, in order. */
export interface TarSource {
  /** Exactly that many bytes, a copy; undefined where the archive ends before. */
  exactly(size: number): Promise<Uint8Array | undefined>;
  /** Content and the zeros that fill its last block; undefined where either is not so. */
  content(size: number): Promise<Uint8Array | undefined>;
  /** The same, piece by piece and not kept; false where the archive ends before or something hides behind the content. */
  through(size: number, use: (piece: Uint8Array) => void): Promise<boolean>;
  /** Nothing but zeros from here, and not without end. */
  isZeroToEnd(): Promise<boolean>;
}

const ZEROS_MAX = 1_048_576;

export const tarSource = (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): TarSource => {
  const pieces = iterate(source);
  let rest: Uint8Array = new Uint8Array();
  const some = async (most: number): Promise<Uint8Array | undefined> => {
    while (rest.length === 0) {
      const next = await pieces.next();
      if (next.done === true) return undefined;
      rest = next.value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  const through = async (size: number, use: (piece: Uint8Array) => void): Promise<boolean> => {
    for (let left = size; left > 0;) {
      const piece = await some(left);
      if (piece === undefined) return false;
      use(piece);
      left -= piece.length;
    }
    return true;
  };
  const exactly = async (size: number): Promise<Uint8Array | undefined> => {
    const parts: Uint8Array[] = [];
    return (await through(size, (piece) => parts.push(piece.slice()))) ? joined(...parts) : undefined;
  };
  const isFilledUp = async (size: number): Promise<boolean> => {
    const filling = await exactly((BLOCK - (size % BLOCK)) % BLOCK);
    return filling?.every((byte) => byte === 0) === true;
  };
  return {
    exactly,
    content: async (size) => {
      const content = await exactly(size);
      return (await isFilledUp(size)) ? content : undefined;
    },
    through: async (size, use) => (await through(size, use)) && (await isFilledUp(size)),
    isZeroToEnd: async () => {
      for (let seen = 0; ;) {
        const piece = await some(BLOCK);
        if (piece === undefined) return seen > 0 && seen % BLOCK === 0;
        seen += piece.length;
        if (seen > ZEROS_MAX || piece.some((byte) => byte !== 0)) return false;
      }
    },
  };
};

async function* iterate(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source;
}
