import { z } from "zod";

type Known<T> = T | "unknown";

export interface ProvenSandbox {
  readonly purpose: "agent" | "validation" | "probe";
  readonly confinement: string;
  readonly uid: number;
  readonly args: readonly string[];
  readonly argsSha256: string;
  readonly seccompSha256: string;
  readonly envNames: readonly string[];
  readonly writableParents: readonly string[];
  readonly pins: { readonly count: number; readonly sha256: string };
  readonly masks: readonly string[];
  readonly unpinned: readonly string[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  readonly alive: Known<number>;
}

/** confinement-proof.json (evidence.md 9.3). No canaries run with this version: `probes` is empty and claims nothing. */
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
  readonly probes: readonly never[];
  readonly attempts: { readonly prevented: number; readonly sequences: readonly number[] };
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
      writableParents: z.array(text),
      pins: z.strictObject({ count: z.int(), sha256: text }),
      masks: z.array(text),
      unpinned: z.array(text),
      limits: z.array(z.strictObject({ name: text, value: z.number(), guard: text })),
      alive: z.union([z.int(), z.literal("unknown")]),
    }),
  ),
  probes: z.array(z.never()),
  attempts: z.strictObject({ prevented: z.int(), sequences: z.array(z.int()) }),
  claims: z.array(text),
  notClaimed: z.array(text),
});
