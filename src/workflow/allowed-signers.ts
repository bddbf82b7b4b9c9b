import type { Refusal } from "./refusal.ts";
import { ok, refuse, type Result } from "./result.ts";
import { readLines } from "./signer-lines.ts";
import { KEY_TYPES, readTypedKey, type SshPublicKey } from "./ssh-public-key.ts";

/** One line of allowed_signers: whose key it is, and for which roles and times. */
export interface Signer {
  readonly principals: readonly string[];
  /** One namespace per role; never a pattern. */
  readonly namespaces: readonly string[];
  /** First and last second at which the key has its roles, since the epoch. */
  readonly validAfter: number | null;
  readonly validBefore: number | null;
  readonly key: SshPublicKey;
  readonly line: number;
  /** The credential by which a browser finds a passkey, from the comment `passkey:ID`; without it the browser asks its user. */
  readonly credential: string | null;
}

const SIGNERS = ".sot/authority/allowed_signers";

/** The OpenSSH allowed_signers file, read whole or not at all; every wrong line is told. */
export const readAllowedSigners = (bytes: Uint8Array): Result<readonly Signer[], Refusal> =>
  readLines(bytes, SIGNERS, readSigner);

/** Who has this key for this role at this moment. */
export const holdersOf = (
  signers: readonly Signer[],
  fingerprint: string,
  namespace: string,
  atMs: number,
): readonly string[] => [
  ...new Set(
    signers
      .filter(({ key }) => key.fingerprint === fingerprint)
      .filter((signer) => hasRole(signer, namespace, atMs))
      .flatMap(({ principals }) => principals),
  ),
];

/** Both ends are inclusive to the second, as ssh-keygen reads them. */
export const hasRole = (signer: Signer, namespace: string, atMs: number): boolean => {
  const at = Math.floor(atMs / 1000);
  return (
    signer.namespaces.includes(namespace) &&
    (signer.validAfter === null || at >= signer.validAfter) &&
    (signer.validBefore === null || at <= signer.validBefore)
  );
};

const readSigner = (text: string, line: number): Result<Signer, string> => {
  const [names = "", ...fields] = text.split(/[ \t]+/);
  const [options = "", type = "", base64 = "", comment = ""] = isKeyType(fields[0]) ? ["", ...fields] : fields;
  if (!isKeyType(type) || !/^[A-Za-z0-9+/=]+$/.test(base64))
    return refuse("it is not principals, options, a known key type and a key");
  const principals = names.split(",");
  const odd = principals.find((name) => !/^[A-Za-z0-9_][A-Za-z0-9@._+-]{0,254}$/.test(name));
  if (odd !== undefined) return refuse(`${JSON.stringify(odd)} is not a plain name; patterns are not accepted`);
  const read = readOptions(options);
  if (!read.ok) return read;
  const key = readTypedKey(type, base64);
  return key.ok ? ok({ principals, ...read.value, key: key.value, line, credential: credentialIn(comment) }) : key;
};

const credentialIn = (comment: string): string | null => /^passkey:([A-Za-z0-9_-]{1,1364})$/.exec(comment)?.[1] ?? null;

const isKeyType = (field: string | undefined): boolean => KEY_TYPES.some((type) => type === field);

const readOptions = (text: string): Result<Pick<Signer, "namespaces" | "validAfter" | "validBefore">, string> => {
  const options = new Map<string, string>();
  for (const option of optionsIn(text)) {
    const [, rawName = "", value] = /^([A-Za-z-]+)(?:="([^"\\]*)")?$/.exec(option) ?? [];
    const name = rawName.toLowerCase();
    if (name === "cert-authority") return refuse("cert-authority is not accepted: every key is named itself");
    if (value === undefined || !["namespaces", "valid-after", "valid-before"].includes(name))
      return refuse(`${JSON.stringify(option)} is not an option that is known here`);
    if (options.has(name)) return refuse(`option ${name} is there twice`);
    options.set(name, value);
  }
  const namespaces = options.get("namespaces")?.split(",") ?? [];
  if (namespaces.length === 0) return refuse("namespaces= is missing: a key without a role list would have every role");
  const odd = namespaces.find((name) => !/^[a-z0-9][a-z0-9@._-]*$/.test(name));
  if (odd !== undefined) return refuse(`${JSON.stringify(odd)} is not a plain namespace; patterns are not accepted`);
  const validAfter = readTime(options.get("valid-after"), WEST_OF_ALL_SECONDS);
  const validBefore = readTime(options.get("valid-before"), -EAST_OF_ALL_SECONDS);
  if (validAfter === undefined || validBefore === undefined)
    return refuse("a time is not YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, each with or without Z");
  return ok({ namespaces, validAfter, validBefore });
};

/** The parts between the commas that stand outside quotes, in one pass. */
const optionsIn = (text: string): readonly string[] => {
  const options: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    if (character !== "," || isQuoted) continue;
    options.push(text.slice(from, at));
    from = at + 1;
  }
  return text === "" ? [] : [...options, text.slice(from)];
};

// ssh-keygen reads a time without Z by the clock on the wall of whoever asks, so one file means several things. Here it
// means what is true on every wall: after begins when it has begun west of all, before ends when it ends east of all.
const WEST_OF_ALL_SECONDS = 12 * 3600;
const EAST_OF_ALL_SECONDS = 14 * 3600;

const readTime = (text: string | undefined, localShift: number): number | null | undefined => {
  if (text === undefined) return null;
  const [, day = "", hour = "00", minute = "00", second = "00", zone] =
    /^(\d{8})(?:(\d\d)(\d\d)(\d\d)?)?(Z)?$/.exec(text) ?? [];
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(iso);
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) return undefined;
  return at / 1000 + (zone === undefined ? localShift : 0);
};
