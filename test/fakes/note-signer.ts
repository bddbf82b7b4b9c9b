import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";

import type { NoteSigner } from "../../src/workflow/checkpoint.ts";

/** An Ed25519 key from a seed, so that every process of a test has the same one. */
export const noteSigner = (seed: number = 1): NoteSigner => {
  const key = seededKey(seed);
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    publicKey: new Uint8Array(Buffer.from(x, "base64url")),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
};

export const seededKey = (seed: number): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)]),
    format: "der",
    type: "pkcs8",
  });
