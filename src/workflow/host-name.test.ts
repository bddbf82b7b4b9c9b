import { expect, test } from "vitest";

import { problemOfHost } from "./host-name.ts";

test.each([
  "pypi.org:443",
  "registry.npmjs.org:443",
  "a-b.c9.example:8443",
  "xn--bcher-kva.example:443",
  "bucher.xn--p1ai:443",
  "1.pool.ntp.org:65535",
  `${"a".repeat(63)}.example:1`,
])("%s may be granted", (host) => {
  expect(problemOfHost(host)).toBeUndefined();
});

test.each([
  ["", "name:port"],
  ["pypi.org", "name:port"],
  ["pypi.org:", "port"],
  ["pypi.org:0", "port"],
  ["pypi.org:65536", "port"],
  ["pypi.org:0443", "port"],
  ["pypi.org:443 ", "port"],
  ["pypi.org:443:443", "name:port"],
  ["https://pypi.org:443", "name:port"],
  ["user@pypi.org:443", "DNS name"],
  ["pypi.org/x:443", "DNS name"],
  ["PyPI.org:443", "DNS name"],
  ["pypi.org.:443", "DNS name"],
  [".pypi.org:443", "DNS name"],
  ["pypi..org:443", "DNS name"],
  ["-a.org:443", "DNS name"],
  ["a-.org:443", "DNS name"],
  ["a_b.org:443", "DNS name"],
  ["*.pypi.org:443", "DNS name"],
  ["pypi.*:443", "DNS name"],
  ["pypi.оrg:443", "DNS name"],
  ["pypi.org\u0000.evil.example:443", "DNS name"],
  [`${"a".repeat(64)}.example:1`, "DNS name"],
  [`${"a.".repeat(126)}example:1`, "longer"],
  ["127.0.0.1:443", "address"],
  ["127.1:443", "address"],
  ["2130706433:443", "own network"],
  ["0x7f.0x1:443", "address"],
  ["0x7f000001:443", "own network"],
  ["1.0x7f:443", "address"],
  ["10.0.0.1:443", "address"],
  ["169.254.169.254:80", "address"],
  ["[::1]:443", "name:port"],
  ["::1:443", "name:port"],
  ["localhost:443", "own network"],
  ["a.localhost:443", "own network"],
  ["printer.local:443", "own network"],
  ["metadata.google.internal:80", "own network"],
  ["router.lan:80", "own network"],
  ["1.0.0.127.in-addr.arpa:80", "own network"],
  ["intranet:443", "own network"],
])("%j may not", (host, problem) => {
  expect(problemOfHost(host)).toContain(problem);
});
