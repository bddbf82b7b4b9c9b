import { expect, test } from "vitest";

import { LIMITS } from "../workflow/limits.ts";
import { doorAt, isToken, TOKEN_HEADER } from "./door.ts";
import { entranceOf } from "./objections.ts";

const door = doorAt(4049);
const { origin, token } = door;
const GOOD = { host: "localhost:4049", [TOKEN_HEADER]: token };
const WRITE = { ...GOOD, origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };

interface Given {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const entranceFor = ({ method = "GET", url = "/api/status", headers = GOOD }: Given): string => {
  const there = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const whole = url.startsWith("http") ? url : `http://${headers["host"] ?? "localhost:4049"}${url}`;
  const request = new Request(whole, { method, headers: there });
  const entrance = entranceOf(request, door, decodeURI(new URL(whole).pathname));
  return entrance.kind === "refused" ? entrance.refusal.code : entrance.kind === "moved" ? entrance.to : "enters";
};

const POST = { method: "POST", url: "/api/w/CTO-WORK-049/withdraw" };

test.each<[string, Given, string]>([
  ["a read with the token", {}, "enters"],
  ["a page without it: it holds nothing", { url: "/r/R-049-01", headers: { host: "localhost:4049" } }, "enters"],
  ["a write from the page itself", { ...POST, headers: WRITE }, "enters"],
  [
    "a page under the other name",
    { url: "/r/R-049-01?a=1", headers: { host: "127.0.0.1:4049" } },
    `${origin}/r/R-049-01?a=1`,
  ],
  ["a page under the other family", { url: "/", headers: { host: "[::1]:4049" } }, `${origin}/`],
  [
    "a page that would lead away",
    { url: "//evil.example/", headers: { host: "127.0.0.1:4049" } },
    `${origin}//evil.example/`,
  ],
])("%s is let in, or led to the one name", (_, given, wanted) => {
  expect(entranceFor(given)).toBe(wanted);
});

test.each<[string, Given, string]>([
  // A foreign name that was led to this machine.
  ["a rebound name", { headers: { ...GOOD, host: "evil.example:4049" } }, "surface/wrong-host"],
  ["a rebound name for a page", { url: "/", headers: { host: "evil.example" } }, "surface/wrong-host"],
  ["another port", { headers: { ...GOOD, host: "localhost:4050" } }, "surface/wrong-host"],
  ["no port", { headers: { ...GOOD, host: "localhost" } }, "surface/wrong-host"],
  ["a name below localhost", { headers: { ...GOOD, host: "evil.localhost:4049" } }, "surface/wrong-host"],
  ["a trailing dot", { headers: { ...GOOD, host: "localhost.:4049" } }, "surface/wrong-host"],
  ["no host at all", { headers: { ...GOOD, host: undefined } }, "surface/wrong-host"],
  ["an api read by the address", { headers: { ...GOOD, host: "127.0.0.1:4049" } }, "surface/wrong-host"],
  ["another loopback address", { url: "/", headers: { host: "127.0.0.2:4049" } }, "surface/wrong-host"],
  ["the unspecified address", { url: "/", headers: { host: "0.0.0.0:4049" } }, "surface/wrong-host"],
  ["a whole address of another host", { url: "http://evil.example/api/status" }, "surface/wrong-host"],
  ["a write by the address", { ...POST, headers: { ...WRITE, host: "127.0.0.1:4049" } }, "surface/wrong-host"],
  // What a page of somebody else can make a browser send.
  [
    "a write from elsewhere",
    { ...POST, headers: { ...WRITE, origin: "https://evil.example" } },
    "surface/wrong-origin",
  ],
  [
    "a write from another port",
    { ...POST, headers: { ...WRITE, origin: "http://localhost:3000" } },
    "surface/wrong-origin",
  ],
  [
    "a write from the other name",
    { ...POST, headers: { ...WRITE, origin: "http://127.0.0.1:4049" } },
    "surface/wrong-origin",
  ],
  ["a write by https", { ...POST, headers: { ...WRITE, origin: "https://localhost:4049" } }, "surface/wrong-origin"],
  ["a write from nowhere", { ...POST, headers: { ...WRITE, origin: undefined } }, "surface/wrong-origin"],
  ["a write from a sandboxed frame", { ...POST, headers: { ...WRITE, origin: "null" } }, "surface/wrong-origin"],
  ["a write across sites", { ...POST, headers: { ...WRITE, "sec-fetch-site": "cross-site" } }, "surface/cross-site"],
  [
    "a write from the same site",
    { ...POST, headers: { ...WRITE, "sec-fetch-site": "same-site" } },
    "surface/cross-site",
  ],
  [
    "a write that hides its site",
    { ...POST, headers: { ...WRITE, "sec-fetch-site": undefined } },
    "surface/cross-site",
  ],
  ["a read across sites", { headers: { ...GOOD, "sec-fetch-site": "cross-site" } }, "surface/cross-site"],
  ["a read from the same site", { headers: { ...GOOD, "sec-fetch-site": "same-site" } }, "surface/cross-site"],
  [
    "a form",
    { ...POST, headers: { ...WRITE, "content-type": "application/x-www-form-urlencoded" } },
    "surface/wrong-type",
  ],
  [
    "a form with a file",
    { ...POST, headers: { ...WRITE, "content-type": "multipart/form-data; boundary=a" } },
    "surface/wrong-type",
  ],
  ["plain text", { ...POST, headers: { ...WRITE, "content-type": "text/plain" } }, "surface/wrong-type"],
  ["no type", { ...POST, headers: { ...WRITE, "content-type": undefined } }, "surface/wrong-type"],
  [
    "a type beside",
    { ...POST, headers: { ...WRITE, "content-type": "application/json, text/plain" } },
    "surface/wrong-type",
  ],
  [
    "too much",
    { ...POST, headers: { ...WRITE, "content-length": String(LIMITS.surfaceBodyBytesMax + 1) } },
    "surface/too-large",
  ],
  ["a length that is none", { ...POST, headers: { ...WRITE, "content-length": "many" } }, "surface/too-large"],
  ["a write without the token", { ...POST, headers: { ...WRITE, [TOKEN_HEADER]: undefined } }, "surface/no-token"],
  // The token.
  ["no token", { headers: { host: "localhost:4049" } }, "surface/no-token"],
  ["an empty token", { headers: { ...GOOD, [TOKEN_HEADER]: "" } }, "surface/no-token"],
  ["a token of another start", { headers: { ...GOOD, [TOKEN_HEADER]: doorAt(4049).token } }, "surface/no-token"],
  ["its beginning", { headers: { ...GOOD, [TOKEN_HEADER]: token.slice(0, -1) } }, "surface/no-token"],
  ["the token and more", { headers: { ...GOOD, [TOKEN_HEADER]: `${token}, ${token}` } }, "surface/no-token"],
  [
    "the token as a cookie",
    { headers: { host: "localhost:4049", cookie: `X-CTO-Token=${token}` } },
    "surface/no-token",
  ],
  [
    "the token in the address",
    { url: `/api/status?token=${token}`, headers: { host: "localhost:4049" } },
    "surface/no-token",
  ],
  // A router decodes an address before it finds its route.
  ["the api in other letters", { url: "/%61pi/status", headers: { host: "localhost:4049" } }, "surface/no-token"],
  ["a write in other letters", { ...POST, url: "/ap%69/approvals", headers: GOOD }, "surface/wrong-origin"],
  [
    "the api in other letters from elsewhere",
    { url: "/%61p%69/status", headers: { ...GOOD, "sec-fetch-site": "cross-site" } },
    "surface/cross-site",
  ],
  ["the api itself", { url: "/api", headers: { host: "localhost:4049" } }, "surface/no-token"],
  // Methods.
  ["a head", { method: "HEAD" }, "surface/wrong-method"],
  [
    "a question what is allowed",
    { method: "OPTIONS", headers: { ...GOOD, origin: "https://evil.example" } },
    "surface/wrong-method",
  ],
  ["a put", { method: "PUT", headers: WRITE }, "surface/wrong-method"],
  ["a delete", { method: "DELETE", headers: WRITE }, "surface/wrong-method"],
  ["a patch", { method: "PATCH", headers: WRITE }, "surface/wrong-method"],
  ["a write to a page", { method: "POST", url: "/", headers: WRITE }, "surface/wrong-method"],
])("%s does not enter", (_, given, code) => {
  expect(entranceFor(given)).toBe(code);
});

test("the token has 256 bits, is another one at each start, and goes into an address as it is", () => {
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(new Set(Array.from({ length: 50 }, () => doorAt(1).token)).size).toBe(50);
  expect(encodeURIComponent(token)).toBe(token);
  expect([isToken(door, token), isToken(door, null), isToken(door, "")]).toEqual([true, false, false]);
});

test("the port that http means by itself is not said in the one name", () => {
  expect(doorAt(80).origin).toBe("http://localhost");
});
