import { readFile } from "node:fs/promises";
import path from "node:path";

import type { OwnKeys } from "../../seams/keys.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { KeyRole, OwnPublicKey } from "../../workflow/own-keys.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import { ownKeys } from "./harness-key.ts";

/** The home's own keys by their public files alone: no private key is opened, and nothing can be signed. */
export const publicKeysOnly = (stateFolder: string): OwnKeys => {
  const own = ownKeys(stateFolder);
  const publicKey = (role: KeyRole): Promise<OwnPublicKey> =>
    publicAt(path.join(stateFolder, "keys", `${role}.pub`), role);
  return {
    paths: own.paths,
    problems: () => own.problems(),
    publicKey,
    noteSigner: async () => ({ publicKey: pointOf(await publicKey("harness")), sign: cannotSign }),
    signAsHarness: cannotSign,
    signAsVerifier: cannotSign,
    signAsSuccessor: cannotSign,
    make: cannotSign,
    successor: cannotSign,
    promote: cannotSign,
  };
};

const cannotSign = (): never => {
  throw new TypeError("here are public keys only");
};

const publicAt = async (file: string, role: KeyRole): Promise<OwnPublicKey> => {
  const text = await readFile(file, "latin1").catch((cause: unknown) => {
    throw new Failure("keys/absent", `There is no public key at ${file}.`, { cause });
  });
  const [type = "", blob = ""] = text.slice(0, LIMITS.keyFileBytesMax).split(/\s/);
  const line = `${type} ${blob}`;
  const read = readPublicKeyLine(line);
  if (type !== "ssh-ed25519" || !read.ok) throw new Failure("keys/unreadable", `${file} is no Ed25519 public key.`);
  return { role, line, fingerprint: read.value.fingerprint };
};

// The last 32 bytes of the blob, behind the type and two lengths.
const pointOf = ({ line }: OwnPublicKey): Uint8Array =>
  new Uint8Array(Buffer.from(line.split(" ")[1] ?? "", "base64").subarray(-32));
