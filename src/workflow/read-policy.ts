import { z } from "zod";

import { ASSURANCE_LEVELS, CASE_PROFILES, CONFINEMENT_LEVELS, ORDERED_BY, type Authority } from "./authority.ts";
import { MEDIATIONS } from "./backend-probe.ts";
import { LIMITS } from "./limits.ts";
import type { SourceDocument } from "./packet/packet.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { egressSchema, relaySchema, upstreamName } from "./relay-policy.ts";
import { ok, refuse, type Result } from "./result.ts";
import { redactionSchema } from "./secret-rules.ts";
import { readStrictYaml, type YamlProblem } from "./strict-yaml.ts";
import { writtenLine } from "./written.ts";

export const POLICY_PATH = ".sot/authority/policy.yaml";

/** policy.yaml, strictly: a key that is unknown, repeated, anchored or tagged is refused, with its line. */
export const readPolicy = (source: SourceDocument | "absent"): Result<Authority, Refusal> => {
  if (source === "absent") return refuse(refusal("gate/policy-absent", { path: POLICY_PATH }));
  const no = ({ says, line, column }: YamlProblem): Result<never, Refusal> =>
    refuse(refusal("gate/policy-unreadable", { problem: says }, { file: source.path, line, column }));

  const read = readStrictYaml(source.bytes, LIMITS.policyBytesMax, policySchema);
  if (!read.ok) return no(read.refusals[0]);
  const { schema: _version, ...authority } = read.value.value;
  const known = authority.relay?.upstreams ?? {};
  for (const [kind, { upstream }] of Object.entries(authority.backends))
    if (upstream !== undefined && !Object.hasOwn(known, upstream))
      return no({
        says: `relay.upstreams has no ${upstream}`,
        ...read.value.placeOf(["backends", kind, "upstream"]),
      });
  return ok({ digest: source.digest, ...authority });
};

const count = (max: number): z.ZodType<number> => z.int().positive().max(max);
const paths = z.array(writtenLine).max(200).readonly();
const behindRelay = { upstream: upstreamName.exactOptional() };
const agent = z
  .strictObject({
    profile: writtenLine,
    packages: writtenLine.exactOptional(),
    minimumMediation: z.enum(MEDIATIONS).exactOptional(),
    unasked: z.enum(["record", "void"]).exactOptional(),
    ...behindRelay,
  })
  .exactOptional();
const DAY_MS = 86_400_000;

/** The form of policy.yaml; what of it must agree with the rest of it, only the reader says. */
export const policySchema: z.ZodType<Omit<Authority, "digest"> & { readonly schema: "cto/policy/v1" }> = z.strictObject(
  {
    schema: z.literal("cto/policy/v1"),
    riskClasses: z.record(
      z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
      z.strictObject({ minimumAssurance: z.enum(ASSURANCE_LEVELS), minimumConfinement: z.enum(CONFINEMENT_LEVELS) }),
    ),
    baseForbiddenPaths: paths,
    secretPaths: paths,
    scratchPaths: paths,
    deniedAttempts: z.enum(["record", "void"]),
    requirePriorStage: z.boolean(),
    approvalExpiryMs: count(30 * DAY_MS),
    approval: z
      .strictObject({
        quorum: count(LIMITS.approversMax).exactOptional(),
        eligible: z
          .array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9@._+-]{0,99}$/))
          .min(1)
          .max(LIMITS.approversMax)
          .refine((names) => new Set(names).size === names.length, "a name is there twice")
          .meta({ uniqueItems: true })
          .readonly()
          .exactOptional(),
        authorMayApprove: z.boolean().exactOptional(),
      })
      .refine(
        ({ quorum = 1, eligible = ["the owner"] }) => quorum <= eligible.length,
        "quorum asks more than are eligible",
      )
      .exactOptional(),
    limits: z.strictObject({
      wallMs: count(DAY_MS),
      idleMs: count(DAY_MS),
      processesMax: count(100_000),
      descriptorsMax: count(1_048_576),
      fileBytesMax: count(2 ** 40),
      dataBytesMax: count(2 ** 40),
      // A policy.yaml of before there was this limit means the default.
      memoryBytesMax: count(2 ** 40).default(4 * 2 ** 30),
      scratchBytesMax: count(2 ** 40),
      scratchInodesMax: count(10_000_000),
      tmpBytesMax: count(2 ** 40),
      outputBytesMax: count(2 ** 32),
      changedFilesMax: count(100_000),
      patchBytesMax: count(2 ** 32),
      committedFileBytesMax: count(2 ** 32),
    }),
    backends: z.strictObject({
      scripted: z.strictObject({ steps: writtenLine, ...behindRelay }).exactOptional(),
      acp: agent,
      command: agent,
      case: z
        .strictObject({
          binary: writtenLine.exactOptional(),
          profile: z.enum(CASE_PROFILES).exactOptional(),
          ...behindRelay,
        })
        .exactOptional(),
    }),
    orders: z
      .strictObject({
        execute: z.enum(ORDERED_BY).default("by-hand"),
        atOnce: count(LIMITS.runsAtOnceMax).exactOptional(),
        atOncePerOwner: count(LIMITS.runsAtOnceMax).exactOptional(),
      })
      .exactOptional(),
    relay: relaySchema.exactOptional(),
    egress: egressSchema.exactOptional(),
    redaction: redactionSchema.exactOptional(),
    toolchains: paths,
    coreRoots: paths,
    uidBase: z.int().min(1000).max(2_000_000_000),
  },
);
