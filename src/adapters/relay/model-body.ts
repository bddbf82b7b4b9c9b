import { z } from "zod";

import type { Upstream } from "../../workflow/relay-policy.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { parseStrictJson } from "../../workflow/strict-json.ts";

/** The body that is sent on, and the model that it names. */
export interface ModelBody {
  readonly bytes: Buffer;
  readonly model: string;
}

/** Reads a body once and writes it anew, so that what was judged is what the provider reads; or the rule it breaks. */
export const modelBody = (
  upstream: Upstream,
  sent: Uint8Array,
  named: string | undefined,
): Result<ModelBody, string> => {
  const json = parseStrictJson(sent, sent.length);
  if (!json.ok) return refuse("relay/no-plain-json");
  const read = z.looseObject({ model: z.string().optional(), stream: z.boolean().nullish() }).safeParse(json.value);
  if (!read.success) return refuse("relay/no-plain-json");
  const body: Record<string, unknown> = read.data;
  const model = named ?? read.data.model;
  if (model === undefined || !upstream.models.includes(model)) return refuse("relay/other-model");
  // Chat sends its usage at the end of a stream only to those who ask for it.
  const asks = upstream.api === "chat" && read.data.stream === true;
  const written = asks ? { ...body, stream_options: { ...optionsIn(body), include_usage: true } } : body;
  return ok({ bytes: Buffer.from(JSON.stringify(written)), model });
};

const optionsIn = (body: Readonly<Record<string, unknown>>): object => {
  const options = body["stream_options"];
  return typeof options === "object" && options !== null ? options : {};
};
