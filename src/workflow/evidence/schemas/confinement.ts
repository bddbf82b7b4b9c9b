import { z } from "zod";

import {
  CANARIES,
  CANARY_PASSES,
  CANARY_VERDICTS,
  type CanaryId,
  type CanaryPass,
  type CanaryVerdict,
} from "../../vocabulary.ts";

type Known<T> = T | "unknown";

export interface ProvenSandbox {
  readonly purpose: "agent" | "validation" | "probe";
  readonly confinement: string;
  readonly uid: number;
  readonly args: readonly string[];
  readonly argsSha256: string;
  readonly seccompSha256: string;
  readonly envNames: readonly string[];
  /** Hosts that could be reached from it through the relay, beside the model; not there where none could. */
  readonly hosts?: readonly string[];
  readonly writableParents: readonly string[];
  readonly pins: { readonly count: number; readonly sha256: string };
  readonly masks: readonly string[];
  readonly unpinned: readonly string[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  readonly outer?: { readonly args: readonly string[]; readonly argsSha256: string; readonly scriptSha256: string };
  readonly alive: Known<number>;
}

/** One probe of one pass over one sandbox (confinement.md 10). */
export interface ProvenProbe {
  readonly id: CanaryId;
  /** Its place in `sandboxes`. */
  readonly sandbox: number;
  readonly pass: CanaryPass;
  readonly verdict: CanaryVerdict;
  readonly control: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, readonly string[]>>;
  readonly actual: Readonly<Record<string, string>>;
}

/** confinement-proof.json (evidence.md 9.3). Bundles of before the canaries have no probes and claim nothing by them. */
export interface ConfinementProof {
  readonly schema: "cto/confinement/v1";
  readonly run: string;
  readonly level: string;
  readonly host: {
    readonly kernel: string;
    readonly tools: readonly { readonly name: string; readonly version: string; readonly sha256: string }[];
  };
  readonly target: Known<string>;
  readonly sandboxes: readonly ProvenSandbox[];
  readonly probes: readonly ProvenProbe[];
  readonly attempts: {
    readonly prevented: number;
    /** Not in bundles of before strays were attempts. */
    readonly contained?: number;
    readonly sequences: readonly number[];
  };
  readonly claims: readonly string[];
  readonly notClaimed: readonly string[];
}

const text = z.string();

export const confinementSchema: z.ZodType<ConfinementProof> = z.strictObject({
  schema: z.literal("cto/confinement/v1"),
  run: text,
  level: text,
  host: z.strictObject({ kernel: text, tools: z.array(z.strictObject({ name: text, version: text, sha256: text })) }),
  target: text,
  sandboxes: z.array(
    z.strictObject({
      purpose: z.enum(["agent", "validation", "probe"]),
      confinement: text,
      uid: z.int(),
      args: z.array(text),
      argsSha256: text,
      seccompSha256: text,
      envNames: z.array(text),
      hosts: z.array(text).min(1).exactOptional(),
      writableParents: z.array(text),
      pins: z.strictObject({ count: z.int(), sha256: text }),
      masks: z.array(text),
      unpinned: z.array(text),
      limits: z.array(z.strictObject({ name: text, value: z.number(), guard: text })),
      outer: z.strictObject({ args: z.array(text), argsSha256: text, scriptSha256: text }).exactOptional(),
      alive: z.union([z.int(), z.literal("unknown")]),
    }),
  ),
  probes: z.array(
    z.strictObject({
      id: z.enum(CANARIES),
      sandbox: z.int(),
      pass: z.enum(CANARY_PASSES),
      verdict: z.enum(CANARY_VERDICTS),
      control: z.record(text, text),
      expected: z.record(text, z.array(text)),
      actual: z.record(text, text),
    }),
  ),
  attempts: z.strictObject({
    prevented: z.int(),
    contained: z.int().exactOptional(),
    sequences: z.array(z.int()),
  }),
  claims: z.array(text),
  notClaimed: z.array(text),
});
