import { z } from "zod";

// Lists of what may stand in a body, never of what may not: a field that nobody thought of does not pass. Nothing listed
// lets a provider ask another host, run something, look up what is kept with it, or keep what it is sent.

type Scalar = z.ZodOptional<z.ZodNullable<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean]>>>;

const number: z.ZodOptional<z.ZodNullable<z.ZodNumber>> = z.number().nullish();
const scalar: Scalar = z.union([z.string(), z.number(), z.boolean()]).nullish();

/** Knobs: one word, number or yes or no each. */
export const knobs = (...names: readonly string[]): Readonly<Record<string, typeof scalar>> =>
  Object.fromEntries(names.map((name) => [name, scalar]));

/** Numbers that the relay itself counts with: never a word that a provider may read as one. */
export const counts = (...names: readonly string[]): Readonly<Record<string, typeof number>> =>
  Object.fromEntries(names.map((name) => [name, number]));

/** What a provider hands to the model as it is: a tool's schema, its arguments, what it said. */
export const asItIs: z.ZodUnknown = z.unknown();

/** A file that stands in the body itself. The address of one would be fetched by the provider. */
export const dataUrl: z.ZodString = z
  .string()
  .regex(/^data:[a-z]+\/[a-zA-Z0-9.+-]{1,100}(?:;[a-z]+=[^;,]{1,100})*;base64,/);

/** A field that others fill and that is empty here; anything in it would reach for what is kept elsewhere. */
export const empty: z.ZodOptional<z.ZodNull> = z.null().optional();

/** A switch that stays off. */
export const off: z.ZodOptional<z.ZodNullable<z.ZodLiteral<false>>> = z.literal(false).nullish();
