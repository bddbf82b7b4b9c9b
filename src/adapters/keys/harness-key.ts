import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { lstat } from "node:fs/promises";
import path from "node:path";

import type { KeyProblem, OwnKeys } from "../../seams/keys.ts";
import { Failure } from "../../workflow/failure.ts";
import { KEY_ROLES, type KeyRole, type OwnPublicKey } from "../../workflow/own-keys.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import { wireString } from "../../workflow/ssh-wire.ts";
import {
  createDurably,
  exposureOf,
  folderExposure,
  makeFolder,
  readPrivate,
  renameDurably,
  replaceDurably,
} from "./key-files.ts";

/** The home's own keys below `.cto`, which is there already. Each is one PKCS8 file with its OpenSSH public line beside it. */
export const ownKeys = (stateFolder: string): OwnKeys => {
  const folder = path.join(stateFolder, "keys");
  const place = (role: KeyRole): string => path.join(folder, `${role}.key`);
  const next = (role: KeyRole): string => path.join(folder, `${role}.next.key`);

  const signWith = async (file: string, bytes: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(sign(null, bytes, await keyAt(file)));

  return {
    paths: { harness: place("harness"), verifier: place("verifier") },
    publicKey: async (role) => publicOf(role, await keyAt(place(role))),
    signAsHarness: (bytes) => signWith(place("harness"), bytes),
    noteSigner: async () => {
      const key = await keyAt(place("harness"));
      return { publicKey: pointOf(key), sign: (bytes) => new Uint8Array(sign(null, bytes, key)) };
    },
    signAsVerifier: (bytes) => signWith(place("verifier"), bytes),
    signAsSuccessor: (role, bytes) => signWith(next(role), bytes),
    make: async () => {
      await makeFolder(folder);
      const made: KeyRole[] = [];
      for (const role of KEY_ROLES) {
        if (await makeKeyFile(place(role))) made.push(role);
        await writePublic(folder, publicOf(role, await keyAt(place(role))));
      }
      return made;
    },
    successor: async (role) => {
      await makeFolder(folder);
      await makeKeyFile(next(role));
      return publicOf(role, await keyAt(next(role)));
    },
    promote: async (role) => {
      if ((await readPrivate(next(role))) !== "absent") await renameDurably(next(role), place(role));
      await writePublic(folder, publicOf(role, await keyAt(place(role))));
    },
    problems: async () => [
      ...(await folderProblems([stateFolder, folder])),
      ...(await Promise.all(KEY_ROLES.map((role) => keyProblems(place(role))))).flat(),
    ],
  };
};

const keyAt = async (file: string): Promise<KeyObject> => {
  const bytes = await readPrivate(file);
  if (bytes === "absent") throw new Failure("keys/absent", `There is no key at ${file}.`);
  let key: KeyObject;
  try {
    key = createPrivateKey(bytes);
  } catch (error) {
    throw new Failure("keys/unreadable", `${file} is no private key.`, { cause: error });
  } finally {
    bytes.fill(0);
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Failure("keys/unreadable", `${file} is no Ed25519 key.`);
  return key;
};

/** A key of chance alone; the one that stands there already stays, whoever else is making one now. */
const makeKeyFile = (file: string): Promise<boolean> => {
  const { privateKey } = generateKeyPairSync("ed25519");
  return createDurably(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
};

const publicOf = (role: KeyRole, key: KeyObject): OwnPublicKey => {
  const blob = Buffer.concat([wireString("ssh-ed25519"), wireString(pointOf(key))]);
  const line = `ssh-ed25519 ${blob.toString("base64")}`;
  const read = readPublicKeyLine(line);
  if (!read.ok) throw new TypeError(`an Ed25519 key has no line: ${read.refusals[0]}`);
  return { role, line, fingerprint: read.value.fingerprint };
};

const pointOf = (key: KeyObject): Uint8Array => {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return new Uint8Array(Buffer.from(x, "base64url"));
};

const writePublic = (folder: string, { role, line }: OwnPublicKey): Promise<void> =>
  replaceDurably(path.join(folder, `${role}.pub`), `${line} cto-${role}\n`, 0o644);

const folderProblems = async (folders: readonly string[]): Promise<readonly KeyProblem[]> => {
  const found: KeyProblem[] = [];
  for (const [at, folder] of folders.entries()) {
    // Whoever may write the folder above can put another one in its place; only the last must not even be listed.
    const wrong = await ifThere(() => folderExposure(folder, at === folders.length - 1 ? 0o077 : 0o022));
    if (wrong !== undefined) found.push({ path: folder, kind: "exposed", says: wrong, fix: `chmod 700 ${folder}` });
  }
  return found;
};

const keyProblems = async (file: string): Promise<readonly KeyProblem[]> => {
  const about = await ifThere(() => lstat(file));
  if (about === undefined) return [{ path: file, kind: "absent", says: "was never made", fix: "cto keys make" }];
  const wrong = exposureOf(about);
  return wrong === undefined
    ? []
    : [
        {
          path: file,
          kind: "exposed",
          says: wrong,
          fix: `chmod 600 ${file}; others may have read it`,
        },
      ];
};

const ifThere = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
};
