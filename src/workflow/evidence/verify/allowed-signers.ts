import { base64Bytes, sameBytes, textIn } from "./bytes.ts";

/** One line of the reader's allowed_signers: who, with which key, for which roles, from when to when. */
export interface Signer {
  readonly principals: readonly string[];
  readonly namespaces: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly keyBlob: Uint8Array;
}

/** Reads the file; undefined when any line is not understood: half a trust root is none. */
export const readSigners = (bytes: Uint8Array): readonly Signer[] | undefined => {
  const text = textIn(bytes);
  if (text === undefined) return undefined;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const signers = lines.flatMap((line) => readSigner(line) ?? []);
  return signers.length === lines.length ? signers : undefined;
};

/** The principals that may sign in this namespace with this key at this moment. */
export const principalsOf = (
  signers: readonly Signer[],
  keyBlob: Uint8Array,
  namespace: string,
  atMs: number,
): readonly string[] =>
  signers
    .filter((signer) => sameBytes(signer.keyBlob, keyBlob) && signer.namespaces.includes(namespace))
    .filter(({ from, until }) => Math.floor(atMs / 1000) * 1000 >= from && Math.floor(atMs / 1000) * 1000 <= until)
    .flatMap(({ principals }) => principals);

const LINE =
  /^([A-Za-z0-9@._+,-]+)[ \t]+(?:([a-zA-Z-]+=\S+)[ \t]+)?((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?$/;

const readSigner = (line: string): Signer | undefined => {
  const [, names = "", options = "", , key = ""] = LINE.exec(line) ?? [];
  const keyBlob = base64Bytes(key);
  const read = readOptions(options);
  if (names === "" || keyBlob === undefined || keyBlob.length === 0 || read === undefined) return undefined;
  return { principals: names.split(","), keyBlob, ...read };
};

const readOptions = (text: string): Pick<Signer, "namespaces" | "from" | "until"> | undefined => {
  const found = new Map<string, string>();
  let rest = text;
  while (rest !== "") {
    const [whole, name, value] = /^([a-zA-Z-]+)="([^"\\]*)"(?:,(?=.)|$)/.exec(rest) ?? [];
    if (whole === undefined || name === undefined || value === undefined || found.has(name.toLowerCase()))
      return undefined;
    found.set(name.toLowerCase(), value);
    rest = rest.slice(whole.length);
  }
  const from = timeIn(found.get("valid-after"), 12, Number.NEGATIVE_INFINITY);
  const until = timeIn(found.get("valid-before"), -14, Number.POSITIVE_INFINITY);
  const namespaces = found.get("namespaces");
  const isKnown = [...found.keys()].every((name) => ["namespaces", "valid-after", "valid-before"].includes(name));
  if (!isKnown || namespaces === undefined || from === undefined || until === undefined) return undefined;
  return { namespaces: namespaces.split(","), from, until };
};

/** A time without Z is local to whoever reads it; what counts is what holds 12 hours behind and 14 hours before UTC. */
const timeIn = (text: string | undefined, localHours: number, open: number): number | undefined => {
  if (text === undefined) return open;
  const [, y, mo, d, h = "00", mi = "00", s = "00", zone] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z)?$/.exec(text) ?? [];
  if (y === undefined) return undefined;
  const iso = `${y}-${mo ?? ""}-${d ?? ""}T${h}:${mi}:${s}.000Z`;
  const at = Date.parse(iso);
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) return undefined;
  return zone === undefined ? at + localHours * 3_600_000 : at;
};
