import type { ModelApi, Upstream } from "../../workflow/relay-policy.ts";

/** A request line as it came. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn, as they came: a header twice is seen as twice. */
  readonly rawHeaders: readonly string[];
}

/** Where a request may go on to, or the rule that it breaks. */
export type Way =
  | {
      readonly open: true;
      readonly path: string;
      readonly query: string;
      /** The model where the path names it; "in-body" where the body must; "none" for a list of models. */
      readonly model: { readonly named: string } | "in-body" | "none";
      /** "count": a number of tokens and no words of a model. */
      readonly answers: "words" | "count";
    }
  | { readonly open: false; readonly rule: string; readonly status: 400 | 403 };

/** Path of the shims' channel; answered here, never sent on. */
export const ATTEMPT_PATH = "/.cto/attempt";

/** The one list of what may be asked of a model provider. Names are compared whole; nothing is decoded or tidied first. */
export const wayOf = (upstream: Upstream | "none", { method, target, rawHeaders }: Asked): Way => {
  if (target.length > TARGET_CHARACTERS_MAX) return denied("relay/other-path");
  const doubled = DOUBLES.find((name) => valuesOf(rawHeaders, name).length > 1);
  if (doubled !== undefined) return { open: false, rule: "relay/header-twice", status: 400 };
  if (!target.startsWith("/")) return denied("relay/absolute-url");
  if (!OWN_HOSTS.has(valuesOf(rawHeaders, "host")[0] ?? "")) return denied("relay/other-host");
  if (upstream === "none") return denied("relay/no-upstream");
  const cut = target.indexOf("?");
  const path = cut === -1 ? target : target.slice(0, cut);
  const query = queryOf(upstream.api, cut === -1 ? "" : target.slice(cut + 1));
  if (query === undefined) return denied("relay/other-query");
  const answers = /[/:](?:count_tokens|countTokens)$/.test(path) ? "count" : "words";
  if (method === "GET")
    return path === "/v1/models" ? { open: true, path, query, model: "none", answers } : denied(OTHER_PATH);
  if (method !== "POST") return denied("relay/other-method");
  if (POSTS[upstream.api].includes(path)) return { open: true, path, query, model: "in-body", answers };
  const [, named] = upstream.api === "gemini" ? (GEMINI.exec(path) ?? []) : [];
  if (named === undefined) return denied(OTHER_PATH);
  if (!upstream.models.includes(named)) return denied("relay/other-model");
  return { open: true, path, query, model: { named }, answers };
};

/** Every value of one header, in order. */
export const valuesOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

const OTHER_PATH = "relay/other-path";
const TARGET_CHARACTERS_MAX = 512;
const OWN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1:8787", "localhost:8787"]);

// A second one of these is how two readers of one request come to different ends.
const DOUBLES = ["host", "content-length", "transfer-encoding", "content-type", "content-encoding", "expect"] as const;

const POSTS: Readonly<Record<ModelApi, readonly string[]>> = {
  chat: ["/v1/chat/completions"],
  responses: ["/v1/responses"],
  anthropic: ["/v1/messages", "/v1/messages/count_tokens"],
  gemini: [],
};

const GEMINI =
  /^\/v1beta\/models\/([A-Za-z0-9][A-Za-z0-9._-]{0,199}):(?:generateContent|streamGenerateContent|countTokens)$/;

const QUERIES: Readonly<Record<ModelApi, readonly string[]>> = {
  chat: [],
  responses: [],
  anthropic: ["beta=true"],
  gemini: ["alt=sse", "alt=json"],
};

/** What is left of a query, `key=` dropped; undefined where something else stands in it. */
const queryOf = (api: ModelApi, query: string): string | undefined => {
  const kept = query.split("&").filter((part) => part !== "" && !part.startsWith("key="));
  return kept.every((part) => QUERIES[api].includes(part)) ? kept.join("&") : undefined;
};

const denied = (rule: string): Way => ({ open: false, rule, status: 403 });
