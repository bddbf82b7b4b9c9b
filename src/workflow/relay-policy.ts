import { z } from "zod";

import { problemOfHost } from "./host-name.ts";

const MODEL_APIS = ["chat", "responses", "anthropic", "gemini"] as const;
/** Which requests an upstream understands, and so which paths are open towards it (confinement.md 3). */
export type ModelApi = (typeof MODEL_APIS)[number];

/** One model provider that an agent may reach through the relay. */
export interface Upstream {
  readonly api: ModelApi;
  /** Scheme, host and port, nothing after them; plain http only towards this machine. */
  readonly origin: string;
  /** Name of the variable in the Harness's environment that holds the key; the key itself is never written down. */
  readonly keyVariable?: string;
  readonly models: readonly string[];
  /** Of all its models; without them the cost of a run is unknown. */
  readonly pricesPerMillionTokens?: ModelPrices;
}

/** Whether a value can stand as a provider's key in a header: 8 to 4096 characters, each one printed and plain. */
export const isModelKey = (value: string): boolean => /^[\x21-\x7e]{8,4096}$/.test(value);

/** What a million tokens cost, in units of the currency. Whatever a provider counts as input is input, cached or not. */
export interface ModelPrices {
  readonly input: number;
  readonly output: number;
  /** A word, as `USD`. */
  readonly currency: string;
}

/** policy.yaml `relay`: what one run may reach and use of models at most. */
export interface RelayPolicy {
  readonly upstreams: Readonly<Record<string, Upstream>>;
  readonly modelRequestsMax: number;
  readonly modelTokensMax: number;
  readonly modelBytesMax: number;
  /** Whether whole exchanges are kept in the bundle, beside their digests. */
  readonly cassette: boolean;
}

/** What a home allows that says nothing about models: no upstream, so every budget is beside the point. */
export const NO_RELAY_POLICY: RelayPolicy = {
  upstreams: {},
  modelRequestsMax: 400,
  modelTokensMax: 2_000_000,
  modelBytesMax: 268_435_456,
  cassette: false,
};

const HOST = "[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?";
const PORT = ":[1-9]\\d{0,4}";
const ORIGIN = new RegExp(`^(?:https://${HOST}(?:${PORT})?|http://(?:127\\.0\\.0\\.1|localhost)(?:${PORT})?)$`);

export const upstreamName: z.ZodType<string> = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

const price = z.number().nonnegative().max(100_000);

const prices = z.strictObject({
  input: price,
  output: price,
  currency: z.string().regex(/^[A-Za-z]{1,16}$/, "a currency is one word of letters"),
});

const count = (max: number): z.ZodType<number> => z.int().positive().max(max);

export const relaySchema: z.ZodType<RelayPolicy> = z.strictObject({
  upstreams: z.record(
    upstreamName,
    z.strictObject({
      api: z.enum(MODEL_APIS),
      origin: z.string().regex(ORIGIN, "an origin is https://host[:port], or http:// of this machine"),
      keyVariable: z
        .string()
        .regex(/^[A-Z][A-Z0-9_]{0,99}$/)
        .exactOptional(),
      models: z
        .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/))
        .min(1)
        .max(100)
        .readonly(),
      pricesPerMillionTokens: prices.exactOptional(),
    }),
  ),
  modelRequestsMax: count(20_000),
  modelTokensMax: count(2 ** 40),
  modelBytesMax: count(2 ** 40),
  cassette: z.boolean(),
});

const grantable = z.string().superRefine((host, context) => {
  const problem = problemOfHost(host);
  if (problem !== undefined) context.addIssue({ code: "custom", message: `a host ${problem}` });
});

/** policy.yaml `egress`: hosts that a packet may be granted besides the model. */
export const egressSchema: z.ZodType<{ readonly allowedHosts: readonly string[] }> = z.strictObject({
  allowedHosts: z.array(grantable).max(100).readonly(),
});
