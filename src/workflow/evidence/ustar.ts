/** A file of a tar: its name in it, `/`-separated and plain ASCII, and how many bytes follow its header. */
export interface TarEntry {
  readonly path: string;
  readonly size: number;
  /** Seconds since 1970; left out, zero. */
  readonly atSeconds?: number;
}

/** The 512 bytes before a file's content: POSIX ustar, mode 0644, owner zero, no time of its own, so that same files make same bytes. */
export const tarHeader = ({ path, size, atSeconds = 0 }: TarEntry): Uint8Array => {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitName(path);
  const put = (text: string, at: number): void => void header.write(text, at, "latin1");
  put(name, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${octal(size, 11)}\0`, 124);
  put(`${octal(atSeconds, 11)}\0`, 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\u000000", 257);
  put("0000000\0", 329);
  put("0000000\0", 337);
  put(prefix, 345);
  const sum = header.reduce((all, byte) => all + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return new Uint8Array(header);
};

/** Zeros up to the next block. */
export const tarPadding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/** Two blocks of zeros end a tar. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK);

const BLOCK = 512;
const NAME_MAX = 100;
const PREFIX_MAX = 155;

const splitName = (path: string): readonly [prefix: string, name: string] => {
  if (!/^[!-~]+$/.test(path)) throw new TypeError(`a tar of ours has no file ${JSON.stringify(path)}`);
  if (path.length <= NAME_MAX) return ["", path];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
    if (at <= PREFIX_MAX && path.length - at - 1 <= NAME_MAX) return [path.slice(0, at), path.slice(at + 1)];
  throw new TypeError(`a name is too long for a tar: ${path}`);
};

const octal = (value: number, digits: number): string => {
  const text = value.toString(8).padStart(digits, "0");
  if (text.length > digits) throw new TypeError(`a tar cannot hold ${value} bytes in one file`);
  return text;
};
