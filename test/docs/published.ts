import { readFileSync } from "node:fs";

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

import { PUBLISHED, schemaPath } from "../../tools/docs/published-schemas.ts";

export type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

// zod writes a pattern beside each format, so the format itself needs no code that knows it.
const ajv = new Ajv2020({ strict: true, formats: { "date-time": true, date: true } });
const validators = new Map<string, ValidateFunction>(
  PUBLISHED.map((one) => [one.name, ajv.compile(JSON.parse(readFileSync(schemaPath(one), "utf8")) as object)]),
);

/** What the published form of this name says against a document; "none" where it is valid. */
export const objection = (name: string, document: Json): string => {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`no form is called ${name}`);
  return validate(document) ? "none" : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`).join("; ");
};
