import { z } from "zod";

import { exceedsBounds } from "../../workflow/json-bounds.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Upstream } from "../../workflow/relay-policy.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { parseStrictJson } from "../../workflow/strict-json.ts";
import { askedOutput } from "./asked-output.ts";
import { unlistedField } from "./bodies/body-fields.ts";
import { toolNames } from "./bodies/tool-names.ts";

/** The body that is sent on, the model that it names, and the tokens of an answer that it asks for at most. */
export interface ModelBody {
  readonly bytes: Buffer;
  readonly model: string;
  readonly outputMax: number;
  /** Names of the tools that the model is offered. */
  readonly tools: readonly string[];
}

/** A rule that a body breaks, and the part of it that does. */
export interface Unfit {
  readonly rule: string;
  readonly field?: string;
}

/** Reads a body once and writes it anew, so that what was judged is what the provider reads; or the rule it breaks. */
export const modelBody = (
  upstream: Upstream,
  sent: Uint8Array,
  named: string | undefined,
): Result<ModelBody, Unfit> => {
  // Asked before anything is built from it: many small parts cost far more than their bytes.
  if (exceedsBounds(sent, BOUNDS)) return refuse({ rule: "relay/body-bounds" });
  const json = parseStrictJson(sent, sent.length);
  const read = json.ok ? plain.safeParse(json.value) : undefined;
  if (read?.success !== true) return refuse({ rule: "relay/no-plain-json" });
  const body = read.data;
  const model = named ?? body.model;
  if (model === undefined || !upstream.models.includes(model)) return refuse({ rule: "relay/other-model" });
  const field = unlistedField(upstream.api, body);
  if (field !== undefined) return refuse({ rule: "relay/body-field", field });
  // Chat sends its usage at the end of a stream only to those who ask for it.
  const asks = upstream.api === "chat" && body.stream === true;
  const written = asks ? { ...body, stream_options: { ...optionsIn(body), include_usage: true } } : body;
  return ok({
    bytes: Buffer.from(JSON.stringify(written)),
    model,
    outputMax: askedOutput(body),
    tools: toolNames(body),
  });
};

const BOUNDS = { partsMax: LIMITS.relayBodyPartsMax, depthMax: LIMITS.relayBodyDepthMax } as const;

const plain = z.looseObject({ model: z.string().optional(), stream: z.boolean().nullish() });

const optionsIn = (body: Readonly<Record<string, unknown>>): object => {
  const options = body["stream_options"];
  return typeof options === "object" && options !== null ? options : {};
};
