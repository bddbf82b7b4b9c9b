import { parseDuration } from "./duration.ts";
import type { Proposes } from "./proposes.ts";

/** A flag as the parser wants it, and as help shows it. */
export type Flag = TextFlag | SwitchFlag | ChoiceFlag;

interface TextFlag {
  readonly kind: "parsed";
  readonly parse: (text: string) => string | number;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly placeholder: string;
  readonly brief: string;
  /** What a shell proposes for it. */
  readonly proposes?: readonly Proposes[];
}

interface SwitchFlag {
  readonly kind: "boolean";
  readonly default: false;
  readonly withNegated: false;
  readonly brief: string;
}

interface ChoiceFlag {
  readonly kind: "enum";
  readonly values: readonly string[];
  readonly optional?: true;
  readonly default?: string;
  readonly variadic?: boolean;
  readonly placeholder: string;
  readonly brief: string;
}

/** `--key KEY`, left out or given once. */
export const text = (placeholder: string, brief: string, ...proposes: readonly Proposes[]): Flag => ({
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder,
  brief,
  proposes,
});

/** `--key KEY`, without which the command does nothing. */
export const needed = (placeholder: string, brief: string, ...proposes: readonly Proposes[]): Flag => ({
  kind: "parsed",
  parse: String,
  placeholder,
  brief,
  proposes,
});

/** `--name A --name B`. */
export const several = (placeholder: string, brief: string, ...proposes: readonly Proposes[]): Flag => ({
  kind: "parsed",
  parse: String,
  optional: true,
  variadic: true,
  placeholder,
  brief,
  proposes,
});

/** `--expires 90d`, in milliseconds. */
export const duration = (brief: string): Flag => ({
  kind: "parsed",
  parse: parseDuration,
  optional: true,
  placeholder: "D",
  brief,
});

/** `--limit 50`: a whole number from 1. */
export const count = (brief: string): Flag => ({
  kind: "parsed",
  parse: parseCount,
  optional: true,
  placeholder: "N",
  brief,
});

/** `--port 4049`: a port of this machine. */
export const portNumber = (brief: string): Flag => ({
  kind: "parsed",
  parse: parsePort,
  optional: true,
  placeholder: "N",
  brief,
});

/** `--stage 3 --stage 5`: whole numbers from 0. */
export const numbers = (brief: string): Flag => ({
  kind: "parsed",
  parse: parseNumber,
  optional: true,
  variadic: true,
  placeholder: "N",
  brief,
});

/** `--raw`: there or not. */
export const yes = (brief: string): Flag => ({ kind: "boolean", default: false, withNegated: false, brief });

/** `--format json`: one of a few words. */
export const oneOf = (values: readonly string[], brief: string): Flag => ({
  kind: "enum",
  values,
  optional: true,
  placeholder: values.join("|"),
  brief,
});

/** The same, one of them being meant when none is given. */
export const oneOr = (values: readonly string[], without: string, brief: string): Flag => ({
  kind: "enum",
  values,
  default: without,
  placeholder: values.join("|"),
  brief,
});

/** `--backend case --backend acp`: some of a few words. */
export const someOf = (values: readonly string[], brief: string): Flag => ({
  kind: "enum",
  values,
  optional: true,
  variadic: true,
  placeholder: values.join("|"),
  brief,
});

const parseCount = (given: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(given)) throw new RangeError("it takes a whole number from 1 to 9999999");
  return Number(given);
};

const parseNumber = (given: string): number => {
  if (!/^\d{1,3}$/.test(given)) throw new RangeError("it takes a whole number from 0");
  return Number(given);
};

const parsePort = (given: string): number => {
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535)
    throw new RangeError("it takes a whole number from 0 to 65535");
  return Number(given);
};
