import {
  CannotJudge,
  type KeyNumbers,
  type SignatureHash,
  type VerifyTools,
} from "../workflow/evidence/verify/tools.ts";

/** The crypto object of the verifier by WebCrypto and DecompressionStream: for browsers, and for Node 24 as it is. */
export const webVerifyTools: Later<VerifyTools> = {
  sha256: (bytes) => digest("SHA-256", bytes),
  sha512: (bytes) => digest("SHA-512", bytes),
  sha1: (bytes) => digest("SHA-1", bytes),
  verifyKey: async (key, hash, message, signature) => {
    const [imported, algorithm] = [await importKey(key, hash), algorithmOf(key, hash)];
    if (imported === undefined) return false;
    return crypto.subtle.verify(algorithm, imported, plain(signature), plain(message));
  },
  inflate: async (bytes, bytesMax) => {
    try {
      const stream = new Blob([plain(bytes)]).stream().pipeThrough(new DecompressionStream("deflate"));
      return await atMost(stream.getReader(), bytesMax);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  },
};

/** The same, always a Promise. */
type Later<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer A) => infer R ? (...given: A) => Promise<Awaited<R>> : never;
};

const digest = async (algorithm: string, bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest(algorithm, plain(bytes)));

/** WebCrypto takes no view of shared memory; nothing here ever is one, so this copies only what would be refused. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);

const HASHES: Readonly<Record<SignatureHash, string>> = {
  none: "SHA-512",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

type Algorithm = { readonly name: string; readonly namedCurve?: string; readonly hash?: string };

const algorithmOf = (key: KeyNumbers, hash: SignatureHash): Algorithm => {
  switch (key.kind) {
    case "ed25519":
      return { name: "Ed25519" };
    case "ecdsa":
      return { name: "ECDSA", namedCurve: key.curve, hash: HASHES[hash] };
    case "rsa":
      return { name: "RSASSA-PKCS1-v1_5", hash: HASHES[hash] };
  }
};

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Undefined for numbers that are no key. @throws CannotJudge where the algorithm itself is not there. */
const importKey = async (key: KeyNumbers, hash: SignatureHash): Promise<ImportedKey | undefined> => {
  const algorithm = algorithmOf(key, hash);
  try {
    return key.kind === "rsa"
      ? await crypto.subtle.importKey("jwk", { kty: "RSA", n: url(key.n), e: url(key.e) }, algorithm, false, ["verify"])
      : await crypto.subtle.importKey("raw", plain(key.point), algorithm, false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError")
      throw new CannotJudge(`this program has no ${algorithm.name}: another one can judge the signature`);
    if (error instanceof DOMException || error instanceof TypeError) return undefined;
    throw error;
  }
};

const url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

/** The whole stream; undefined as soon as it is longer. */
const atMost = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array | undefined> => {
  const parts: Uint8Array[] = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts.map(plain)).arrayBuffer());
    size += value.length;
    if (size > bytesMax) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
};
