import { z } from "zod";

import type { BundleTrust } from "../bundle-table.ts";
import { ENDINGS, REACHES, type EndingKind, type Reach } from "../ending.ts";

/** bundle.json (evidence.md 7.1): every file of the bundle but itself and SHA256SUMS, and what is absent with its reason. */
export interface BundleManifest {
  readonly schema: "cto/bundle/v1";
  readonly run: string;
  readonly work: string;
  readonly kind: "execute";
  readonly ending: EndingKind;
  readonly reach: Reach;
  /** The attestations that lie beside these files, outside SHA256SUMS because they sign it (evidence.md 8). */
  readonly signatures: readonly SignatureEntry[];
  readonly files: readonly BundleFile[];
  readonly absent: readonly { readonly path: string; readonly why: string }[];
  readonly notClaimed: readonly string[];
}

/** One attestation that must be there. The key is told so that stock tools can use it; it is trusted by nobody for that. */
export interface SignatureEntry {
  readonly path: string;
  readonly namespace: string;
  /** Type and base64 of an OpenSSH public key. */
  readonly publicKey: string;
}

export interface BundleFile {
  readonly path: string;
  readonly mediaType: string;
  readonly schema: string | null;
  readonly sha256: string;
  readonly size: number;
  readonly producer: string;
  readonly trust: BundleTrust;
  readonly required: boolean;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const bundleManifestSchema: z.ZodType<BundleManifest> = z.strictObject({
  schema: z.literal("cto/bundle/v1"),
  run: z.string().regex(/^R-\d{3,9}-\d{2,6}$/),
  work: z.string().regex(/^CTO-WORK-\d{3,9}$/),
  kind: z.literal("execute"),
  ending: z.enum(ENDINGS),
  reach: z.enum(REACHES),
  signatures: z.array(
    z.strictObject({
      path: z.string().regex(/^attestations\/[a-z]+\.sigstore\.json$/),
      namespace: z.string(),
      publicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/),
    }),
  ),
  files: z.array(
    z.strictObject({
      path: z.string().min(1),
      mediaType: z.string(),
      schema: z.string().nullable(),
      sha256,
      size: z.int().nonnegative(),
      producer: z.string(),
      trust: z.enum(["human-signed", "harness-observed", "derived", "agent-claimed"]),
      required: z.boolean(),
    }),
  ),
  absent: z.array(z.strictObject({ path: z.string().min(1), why: z.string().min(1) })),
  notClaimed: z.array(z.string()),
});
