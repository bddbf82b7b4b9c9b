import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

import type { ModelApi, Upstream } from "../../workflow/relay-policy.ts";

// Lists of what passes, not of what is dropped: a header that nobody thought of does not pass.
const SENT_ON = ["accept", "anthropic-beta", "anthropic-version", "openai-beta", "user-agent"] as const;
const GIVEN_BACK =
  /^(?:content-type|retry-after|retry-after-ms|request-id|x-request-id|(?:x|anthropic)-ratelimit-[a-z0-9-]+)$/;

/** The headers of a request on its way out: few of the agent's, the real key, the real host. */
export const headersOut = (
  upstream: Upstream,
  key: string | undefined,
  asked: IncomingHttpHeaders,
  body: Uint8Array | "none",
): OutgoingHttpHeaders => ({
  ...Object.fromEntries(SENT_ON.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]]]))),
  ...(key === undefined ? {} : keyHeader(upstream.api, key)),
  ...(body === "none" ? {} : { "content-type": "application/json", "content-length": body.length }),
  host: new URL(upstream.origin).host,
  // Packed bytes could not be counted.
  "accept-encoding": "identity",
  connection: "close",
});

/** The headers of an answer on its way back; never a cookie, and nothing that holds the key. */
export const headersBack = (answered: IncomingHttpHeaders, key: string | undefined): OutgoingHttpHeaders => ({
  ...Object.fromEntries(
    Object.entries(answered).filter(
      ([name, value]) => GIVEN_BACK.test(name) && (key === undefined || !String(value).includes(key)),
    ),
  ),
  connection: "close",
});

const keyHeader = (api: ModelApi, key: string): OutgoingHttpHeaders => {
  switch (api) {
    case "chat":
    case "responses":
      return { authorization: `Bearer ${key}` };
    case "anthropic":
      return { "x-api-key": key };
    case "gemini":
      return { "x-goog-api-key": key };
  }
};
