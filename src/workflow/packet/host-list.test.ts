import { expect, test } from "vitest";

import { changed, refusalsOf, told } from "../../../test/fixtures/refused-packet.ts";
import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { LIMITS } from "../limits.ts";
import { readPacket } from "./read-packet.ts";
import { separateStatements } from "./statements.ts";

const HOSTS = "Allowed network hosts:";
const listed = (...items: readonly string[]): string =>
  changed("Success criteria:", [HOSTS, ...items.map((item) => `- ${item}`), "Success criteria:"].join("\n"));
const granting = (...hosts: readonly string[]): string => listed(...hosts.map((host) => `\`${host}\``));

test("a packet may name hosts, each with its place; as Markdown programs need it the list is the same", () => {
  for (const text of [
    granting("pypi.org:443", "a.example:8443"),
    separateStatements(granting("pypi.org:443", "a.example:8443")),
  ]) {
    const read = readPacket(documentOf(text), "2026-06-02");
    expect(read.ok ? read.value.packet.allowedHosts.map(({ value, at }) => `${value} ${at.column}`) : []).toEqual([
      "pypi.org:443 4",
      "a.example:8443 4",
    ]);
  }
});

test.each([
  ["an address", granting("10.0.0.1:443"), "host-form"],
  ["a wildcard", granting("*.pypi.org:443"), "host-form"],
  ["this machine", granting("localhost:8080"), "host-form"],
  ["no port", granting("pypi.org"), "host-form"],
  ["capitals", granting("PyPI.org:443"), "host-form"],
  ["a look-alike letter", granting("pypі.org:443"), "host-form"],
  ["one bad host of two", granting("pypi.org:443", "pypi.org:0"), "host-form"],
  ["plain words", listed("pypi.org:443"), "item-form"],
  ["words behind the host", listed("`pypi.org:443` please"), "item-form"],
  ["a host twice", granting("pypi.org:443", "pypi.org:443"), "item-repeated"],
  ["no host", listed(), "hosts-empty"],
  [
    "too many",
    granting(...Array.from({ length: LIMITS.packetHostsMax + 1 }, (_, at) => `h${at}.example:443`)),
    "list-too-long",
  ],
  [
    "the list twice",
    changed("Success criteria:", `${HOSTS}\n- \`a.example:1\`\n${HOSTS}\n- \`b.example:1\`\nSuccess criteria:`),
    "line-repeated",
  ],
  [
    "the list before the forbidden paths",
    changed("Forbidden paths:", `${HOSTS}\n- \`a.example:1\`\nForbidden paths:`),
    "line-order",
  ],
  [
    "a label that is nearly it",
    changed("Success criteria:", "Allowed hosts:\n- `a.example:1`\nSuccess criteria:"),
    "label-unknown",
  ],
  [
    "a sentence that looks like it",
    changed("Success criteria:", "Allowed network hosts: a.example:1\nSuccess criteria:"),
    "label-unknown",
  ],
])("%s is refused", (_, text, code) => {
  expect(refusalsOf(text).map((one) => one.code.replace("packet/", ""))).toContain(code);
});

test("a bad host is refused where it stands", () => {
  const line = granting("pypi.org").split("\n").indexOf("- `pypi.org`") + 1;
  expect(told(granting("pypi.org"))).toBe(`host-form ${line}:4`);
});
