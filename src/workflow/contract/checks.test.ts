import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { CONTRACT } from "../../../test/fixtures/governed.ts";
import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { checksPathOf, readChecks } from "./checks.ts";
import type { Contract } from "./contract.ts";

const PATH = ".sot/03-PROTOCOLS/CTO-FIRST-CHECKS.yaml";

const contract: Contract = {
  ...CONTRACT,
  packet: "cto-first-approval-packet",
  successCriteria: [
    { id: "C1", check: "owner-judged", text: "It behaves alike." },
    { id: "C2", check: "owner-judged", text: "It is covered." },
    { id: "C3", check: "target-clean", text: "Target repository ends clean after Harness post-processing." },
  ],
};

const TEXT = `schema: cto/checks/v1
packet: cto-first-approval-packet
checks:
  C1:
    argv: [python3, -c, "import strings"]
`;

const read = (content: string | Uint8Array): ReturnType<typeof readChecks> =>
  readChecks(documentOf(content, PATH), contract);

test("a checks file binds the owner's commands to his criteria; on the base they are expected to fail", () => {
  expect(read(TEXT)).toEqual({
    ok: true,
    value: [{ criterion: "C1", argv: ["python3", "-c", "import strings"], onBase: "fails" }],
  });
  expect(read(`${TEXT}    onBase: any\n  C2:\n    argv: [sh, probe.sh]\n    onBase: passes\n`)).toMatchObject({
    value: [{ onBase: "any" }, { criterion: "C2", onBase: "passes" }],
  });
  expect(read(TEXT.replace('C1:\n    argv: [python3, -c, "import strings"]', "{}"))).toEqual({ ok: true, value: [] });
});

test("a script of several lines stays as it is", () => {
  const text = TEXT.replace('"import strings"', '"import strings\\nassert True\\n"');
  expect(read(text)).toMatchObject({ value: [{ argv: ["python3", "-c", "import strings\nassert True\n"] }] });
});

test.each<[string, string | Uint8Array, string]>([
  ["too long", TEXT + `# ${"x".repeat(65_536)}\n`, "more than 65536 bytes"],
  ["not UTF-8", Buffer.concat([Buffer.from(TEXT), Buffer.of(0x23, 0xff, 0x0a)]), "not UTF-8"],
  ["with a byte order mark", `\u{FEFF}${TEXT}`, "cannot be seen"],
  ["with a reordering character", TEXT.replace("import", "im\u202Eport"), "cannot be seen"],
  ["with a NUL byte", TEXT.replace("import", "im\u0000port"), "cannot be seen"],
  ["with a NUL behind an escape", TEXT.replace("import", String.raw`im\0port`), "no program can be given"],
  ["with half a character behind an escape", TEXT.replace("import", String.raw`\ud800`), "no program can be given"],
  ["empty", "", "expected object"],
  ["a list", "- a\n", "expected object"],
  ["not YAML", "checks: [", "Flow sequence"],
  ["two documents", `${TEXT}---\n${TEXT}`, "multiple documents"],
  ["with a key twice", `${TEXT}    argv: ["true"]\n`, "Map keys must be unique"],
  ["with a criterion twice", `${TEXT}  C1:\n    argv: ["true"]\n`, "Map keys must be unique"],
  ["with an anchor", TEXT.replace("[python3", "[&a python3"), "anchors and aliases"],
  ["with an alias", TEXT.replace("[python3", "[*a"), "lias"],
  ["with a bomb of aliases", `a: &a [x, x]\nb: &b [*a, *a]\n${TEXT}`, "anchors and aliases"],
  ["with a tag", TEXT.replace("[python3", "[!!str python3"), "tags"],
  ["with a merge key", `<<: {}\n${TEXT}`, "Unrecognized key"],
  ["of another version", TEXT.replace("v1", "v2"), "cto/checks/v1"],
  [
    "for another packet",
    TEXT.replace("packet: cto-first", "packet: cto-second"),
    "it names the packet cto-second-approval-packet",
  ],
  ["with an unknown key", `${TEXT}shell: true\n`, "Unrecognized key"],
  ["with an unknown key in a check", `${TEXT}    shell: true\n`, "Unrecognized key"],
  ["for a criterion of the Harness", TEXT.replace("C1", "C3"), "C3 is not a criterion that the owner judges"],
  ["for a criterion that is not there", TEXT.replace("C1", "C9"), "C9 is not a criterion"],
  ["for a criterion in another spelling", TEXT.replace("C1", "c1"), "c1"],
  ["for a criterion called __proto__", TEXT.replace("C1", "__proto__"), "a key is not plain text"],
  ["without a command", TEXT.replace(/\[.*\]/, "[]"), "checks.C1.argv"],
  ["with an empty word", TEXT.replace("python3", '""'), "checks.C1.argv.0"],
  ["with a number for a word", TEXT.replace("python3", "5"), "checks.C1.argv.0"],
  ["with one string for a command", TEXT.replace(/\[.*\]/, "python3 -c x"), "checks.C1.argv"],
  ["that expects something else of the base", `${TEXT}    onBase: maybe\n`, "checks.C1.onBase"],
])("a checks file that is %s binds nothing", (_, content, says) => {
  const refused = read(content);
  expect(refused).toMatchObject({
    ok: false,
    refusals: [{ code: "contract/checks-unreadable", facts: { path: PATH } }],
  });
  expect(refused.ok ? "" : refused.refusals[0].facts["says"]).toContain(says);
});

test("what is wrong is told with its place", () => {
  expect(read(`${TEXT}    argv: ["true"]\n`)).toMatchObject({ refusals: [{ at: { file: PATH, line: 6, column: 5 } }] });
});

test("no text at all makes the reader crash", () => {
  assert(
    property(string({ unit: "grapheme", maxLength: 200 }), (noise) => {
      expect(read(`${TEXT}${noise}`).ok).toBeTypeOf("boolean");
      expect(read(noise).ok).toBe(false);
    }),
  );
});

test.each([
  [".sot/03-PROTOCOLS/CTO-FIRST-APPROVAL-PACKET.md", ".sot/03-PROTOCOLS/CTO-FIRST-CHECKS.yaml"],
  ["CTO-A-APPROVAL-PACKET.md-APPROVAL-PACKET.md", "CTO-A-APPROVAL-PACKET.md-CHECKS.yaml"],
])("the checks of %s stand beside it in %s", (packet, checks) => {
  expect(checksPathOf(packet)).toBe(checks);
});
