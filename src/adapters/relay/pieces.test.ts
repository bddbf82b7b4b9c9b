import { expect, test } from "vitest";

import type { ModelApi, Upstream } from "../../workflow/relay-policy.ts";
import { pinned } from "./address.ts";
import { wayOf } from "./api-paths.ts";
import { guardKey } from "./key-guard.ts";
import { modelBody } from "./model-body.ts";
import { countTokens } from "./token-count.ts";

const reported = (type: string, ...pieces: readonly string[]): unknown => {
  const tokens = countTokens(type);
  for (const piece of pieces) tokens.feed(Buffer.from(piece));
  tokens.end();
  return tokens.reported();
};

test.each<[string, string, readonly string[], unknown]>([
  ["chat", "application/json", ['{"usage":{"prompt_tokens":3,"completion_tokens":4}}'], { input: 3, output: 4 }],
  [
    "chat in a stream, cut anywhere",
    "text/event-stream",
    ['data: {"us', 'age":{"prompt_tokens":3,"completion_tokens":4}}\r', "\n\r\ndata: [DONE]\n\n"],
    { input: 3, output: 4 },
  ],
  [
    "chat with thought",
    "application/json",
    ['{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":20}}'],
    { input: 3, output: 17 },
  ],
  [
    "responses",
    "text/event-stream",
    ['event: response.completed\ndata: {"response":{"usage":{"input_tokens":9,"output_tokens":2}}}\n\n'],
    { input: 9, output: 2 },
  ],
  [
    "anthropic",
    "text/event-stream",
    [
      'data: {"message":{"usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":1}}}\n\n',
      'data: {"usage":{"output_tokens":8}}\n\n',
    ],
    { input: 7, output: 8 },
  ],
  [
    "gemini as a list",
    "application/json",
    [
      '[{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}},',
      '{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":5,"thoughtsTokenCount":2}}]',
    ],
    { input: 1, output: 7 },
  ],
  [
    "a last line without its end",
    "text/event-stream",
    ['data: {"usage":{"prompt_tokens":1,"completion_tokens":1}}'],
    { input: 1, output: 1 },
  ],
  ["nothing", "application/json", ["{}"], undefined],
  ["no JSON", "application/json", ["usage"], undefined],
  [
    "numbers that are none",
    "application/json",
    ['{"usage":{"prompt_tokens":-5,"completion_tokens":1e300}}'],
    { input: 0, output: 0 },
  ],
  ["null", "application/json", ['{"usage":null}'], undefined],
])("the tokens of %s are read", (_, type, pieces, expected) => {
  expect(reported(type, ...pieces)).toEqual(expected);
});

test("a key is blotted out wherever it is cut, and nothing else is held back for long", () => {
  const key = "secret-key";
  const text = `a ${key} b ${key}${key} secret-kez sec`;
  for (let at = 0; at <= text.length; at += 1)
    for (let then = at; then <= text.length; then += 3) {
      const guard = guardKey(key);
      const out = [text.slice(0, at), text.slice(at, then), text.slice(then)].map((part) =>
        String(guard.pass(Buffer.from(part))),
      );
      expect(out.join("") + String(guard.rest())).toBe(text.replaceAll(key, "*".repeat(key.length)));
    }
  expect(String(guardKey(key).pass(Buffer.from("no such thing")))).toBe("no such thing");
});

const upstream = (api: ModelApi): Upstream => ({ api, origin: "https://model.example", models: ["small", "a.b-1"] });
const HOST = ["Host", "127.0.0.1:8787"];

test.each<[ModelApi, string, string, string | undefined]>([
  ["chat", "POST", "/v1/chat/completions", "/v1/chat/completions"],
  ["chat", "POST", "/v1/chat/completions?key=x", "/v1/chat/completions"],
  ["chat", "GET", "/v1/models", "/v1/models"],
  ["chat", "POST", "/v1/responses", undefined],
  ["responses", "POST", "/v1/responses", "/v1/responses"],
  ["anthropic", "POST", "/v1/messages?beta=true", "/v1/messages"],
  ["anthropic", "POST", "/v1/messages/count_tokens", "/v1/messages/count_tokens"],
  [
    "gemini",
    "POST",
    "/v1beta/models/a.b-1:streamGenerateContent?alt=sse&key=x",
    "/v1beta/models/a.b-1:streamGenerateContent",
  ],
  ["gemini", "POST", "/v1beta/models/large:generateContent", undefined],
  ["gemini", "POST", "/v1beta/models/../x:generateContent", undefined],
  ["gemini", "POST", "/v1beta/models/small:delete", undefined],
  ["gemini", "POST", "/v1/chat/completions", undefined],
])("R065 of %s, %s %s goes to %s", (api, method, target, path) => {
  const way = wayOf(upstream(api), { method, target, rawHeaders: HOST });
  expect(way.open ? way.path : undefined).toBe(path);
  if (way.open) expect(way.query).not.toContain("key");
});

test("what the provider reads is what was judged", () => {
  const body = modelBody(upstream("chat"), Buffer.from(' {"model" : "small", "stream":true} '), undefined);
  expect(body).toMatchObject({ ok: true, value: { model: "small" } });
  expect(body.ok && JSON.parse(String(body.value.bytes))).toEqual({
    model: "small",
    stream: true,
    stream_options: { include_usage: true },
  });
});

test.each([{ max_tokens: 1e308, n: 2 }, { max_tokens: 1e308 }, { n: 1e308 }])(
  "R135 numbers beyond all measure ask for no more than a line can hold: %j",
  (asked) => {
    const body = modelBody(upstream("chat"), Buffer.from(JSON.stringify({ model: "small", ...asked })), undefined);
    expect(body).toMatchObject({ ok: true, value: { outputMax: Number.MAX_SAFE_INTEGER } });
  },
);

test.each([
  ["a public one", "model.example", ["93.184.216.34"], "93.184.216.34"],
  ["a public one and a private one", "model.example", ["93.184.216.34", "10.1.2.3"], undefined],
  ["none", "model.example", [], undefined],
  ["what is no address", "model.example", ["evil"], undefined],
  ["shared space", "model.example", ["100.64.0.1"], undefined],
  ["an IPv4 address in IPv6", "model.example", ["::ffff:192.168.0.1"], undefined],
  ["an IPv4 address in 6to4", "model.example", ["2002:a00:1::"], undefined],
  ["a link-local one", "model.example", ["fe80::1"], undefined],
  ["a public one of IPv6", "model.example", ["2606:2800:220:1::1"], "2606:2800:220:1::1"],
  ["this machine, being configured so", "localhost", ["127.0.0.1"], "127.0.0.1"],
  ["elsewhere, though configured as this machine", "localhost", ["93.184.216.34"], undefined],
])("a name that leads to %s", async (_, host, all, expected) => {
  expect((await pinned(host, 443, () => Promise.resolve(all))())?.address).toBe(expected);
});

test("a name is asked for once: it cannot lead elsewhere a moment later", async () => {
  const answers = [["93.184.216.34"], ["10.0.0.1"]];
  const find = pinned("model.example", 443, () => Promise.resolve(answers.shift() ?? []));
  expect([(await find())?.address, (await find())?.address]).toEqual(["93.184.216.34", "93.184.216.34"]);
});
