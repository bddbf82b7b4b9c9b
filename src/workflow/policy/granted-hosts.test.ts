import { expect, test } from "vitest";

import { CONTRACT, policy } from "../../../test/fixtures/governed.ts";
import { attemptOf, isGrantedHost } from "./attempts.ts";
import type { Exchange } from "./exchange.ts";
import { intentJudge } from "./judge-intent.ts";

const OPEN = { ...CONTRACT, allowedHosts: ["pypi.org:443", "a.example:8443"] };

test.each([
  ["curl https://pypi.org/simple/", true],
  ["curl -sS https://pypi.org:443/x -o out", true],
  ["curl -sS https://a.example:8443/x", true],
  ["wget -q https://pypi.org?x=1", true],
  ["curl http://pypi.org/", false],
  ["curl https://pypi.org:80/", false],
  ["curl https://pypi.org.evil.example/", false],
  ["curl https://pypi.org@evil.example/", false],
  ["curl https://user@pypi.org/", false],
  ["curl HTTPS://PYPI.ORG/", false],
  ["curl https://pypi.org/ https://evil.example/", false],
  ["curl pypi.org", false],
  ["curl", false],
  ["curl -X POST https://pypi.org/", false],
  ["nc pypi.org 443 https://pypi.org/", false],
  ["curl https://pypi.org/ && git push", false],
])("R065 with pypi.org open, %s is answered %s", (line, allowed) => {
  expect(intentJudge(OPEN, policy())({ kind: "run", line }).allowed).toBe(allowed);
  expect(intentJudge(CONTRACT, policy())({ kind: "run", line }).allowed).toBe(false);
});

test("R065 a fetch of a granted host is allowed, and of no other", () => {
  const fetch = (url: string): boolean => intentJudge(OPEN, policy())({ kind: "fetch", url }).allowed;
  expect(fetch("https://pypi.org/simple/")).toBe(true);
  for (const url of ["https://evil.example/", "http://pypi.org/", "https://pypi.org:8443/", "ftp://pypi.org:443/"])
    expect(fetch(url)).toBe(false);
});

const nothing = { bytes: 0, sha256: "" };
const asked = (change: Partial<Exchange>): Exchange => ({
  n: null,
  channel: "connect",
  verdict: "denied",
  rule: "relay/no-answer",
  action: null,
  method: "CONNECT",
  host: "pypi.org:443",
  path: "",
  model: null,
  request: nothing,
  response: nothing,
  status: 502,
  ms: 0,
  usage: null,
  ...change,
});

test("R086 a granted host that did not answer is no attempt; one that was not granted is, at either socket", () => {
  for (const rule of ["relay/no-answer", "relay/address-refused", "limit/modelBytesMax"]) {
    expect(attemptOf(asked({ rule }))).toBeUndefined();
    expect(isGrantedHost(asked({ rule }))).toBe(true);
  }
  for (const rule of ["relay/other-host", "relay/connect"])
    expect(attemptOf(asked({ rule }))).toMatchObject({ kind: "workspace/network-denied" });
});

test("R065 the name of a refused field stands in the attempt", () => {
  const refused = asked({
    channel: "model",
    rule: "relay/body-field",
    method: "POST",
    host: "h",
    path: "/p",
    field: "store",
  });
  expect(attemptOf(refused)?.detail).toBe("POST h/p: store");
});
