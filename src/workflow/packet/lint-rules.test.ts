import { expect, test } from "vitest";

import { changed, seed, without } from "../../../test/fixtures/refused-packet.ts";
import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { LIMITS } from "../limits.ts";
import { isRefusalCode, REFUSALS } from "../refusal.ts";
import { BASE_FORBIDDEN_PATHS } from "../vocabulary.ts";
import type { CommittedPaths, Entry } from "./committed-paths.ts";
import { lintPacket, type Diagnostic, type LintContext } from "./lint-packet.ts";
import { readPacket } from "./read-packet.ts";

const TARGET = "/home/svrnty/workspaces/cortex-os/cto-stage5-target-sandbox";
const RECORD = ".sot/03-PROTOCOLS/CTO-CASE-STAGE5-TARGET-REPOSITORY-ADMISSION.json";

const committed = (entries: Readonly<Record<string, Entry>>): Partial<LintContext> => {
  const held: CommittedPaths = { branch: "main", head: "0".repeat(40), entries: new Map(Object.entries(entries)) };
  return { committedAt: (target) => (target === TARGET ? held : "unknown") };
};

const WHOLE = { src: "folder", "src/strings.py": "file", "test_strings.py": "file" } as const;
const around: LintContext = {
  today: "2026-06-02",
  holds: () => true,
  baseForbiddenPaths: BASE_FORBIDDEN_PATHS,
  otherPacketOf: () => undefined,
  admittedBy: (record) => (record === RECORD ? TARGET : undefined),
  ...committed(WHOLE),
  committedAt: committed(WHOLE).committedAt ?? (() => "unknown"),
};

interface Fixture {
  readonly text?: string | Uint8Array;
  readonly path?: string;
  readonly around?: Partial<LintContext>;
}

const lint = ({ text = seed, path, around: others }: Fixture): readonly Diagnostic[] =>
  lintPacket(documentOf(text, path), { ...around, ...others });

const allowed = (path: string): Fixture => ({ text: changed("- `test_strings.py`", `- \`${path}\``) });
const task = (words: string): Fixture => ({ text: changed("Task: align", `Task: ${words} align`) });
const hosts = (...names: readonly string[]): Fixture => ({
  text: changed(
    "Success criteria:",
    ["Allowed network hosts:", ...names.map((name) => `- \`${name}\``), "Success criteria:"].join("\n"),
  ),
});
const of = (from: string, to: string): Fixture => ({ text: changed(from, to) });
const lines = (count: number): Fixture => ({ text: seed + "\n".repeat(count - 90) });
const many = (count: number): Fixture => ({
  text: changed("- `test_strings.py`", Array.from({ length: count - 1 }, (_, at) => `- \`test_${at}.py\``).join("\n")),
});

/** For each rule a packet that breaks it, and one as near as can be that does not. */
const RULES: Readonly<Record<string, readonly [broken: Fixture, whole: Fixture]>> = {
  "packet/too-large": [{ text: new Uint8Array(LIMITS.packetBytesMax + 1) }, { text: new Uint8Array(10) }],
  "packet/too-many-lines": [lines(LIMITS.packetLinesMax + 1), lines(LIMITS.packetLinesMax)],
  "packet/list-too-long": [many(LIMITS.packetPathsMax + 1), many(LIMITS.packetPathsMax)],
  "packet/nul-byte": [task("a\0b"), task("a b")],
  "packet/not-utf8": [{ text: Uint8Array.of(0xc3, 0x28) }, { text: Uint8Array.of(0xc3, 0xa9) }],
  "packet/invisible-characters": [task("e\u0301"), task("\u00e9")],
  "packet/confusable": [allowed("src/strіngs2.py"), allowed("ѕтруны")],
  "packet/secret": [task(`ghp_${"a".repeat(36)}`), task("ghp_")],
  "packet/more-refusals": [{ text: `${seed}${"<x>\n".repeat(300)}` }, { text: `${seed}${"<x>\n".repeat(10)}` }],
  "packet/file-name": [{ path: ".sot/03-PROTOCOLS/packet.md" }, {}],
  "packet/frontmatter": [{ text: `\n${seed}` }, {}],
  "packet/key-missing": [{ text: without("tier: local") }, {}],
  "packet/unknown-key": [of("tier: local", "tier: local\nlevel: x"), {}],
  "packet/key-repeated": [of("tier: local", "tier: local\ntier: local"), {}],
  "packet/not-flat": [of("owner: jp", "owner: [jp]"), of("owner: jp", 'owner: "jp"')],
  "packet/name-mismatch": [of("name: cto-first", "name: cto-second"), {}],
  "packet/tier": [of("tier: local", "tier: core"), {}],
  "packet/status": [of("status: validated", "status: approved"), of("status: validated", "status: draft")],
  "packet/status-disagrees": [of("Status: validated", "Status: draft"), {}],
  "packet/lifecycle": [of("classification: planning", "classification: execution"), {}],
  "packet/promotion": [of("not-promoted", "core"), of("not-promoted", "proposed")],
  "packet/owner": [{ text: seed.replace("owner: jp", "owner: J P") }, {}],
  "packet/owner-disagrees": [of("Repository owner: `jp`", "Repository owner: `eve`"), {}],
  "packet/source-path": [of("source: .sot/", "source: ../.sot/"), {}],
  "packet/source-missing": [{ around: { holds: () => false } }, {}],
  "packet/dates": [{ around: { today: "2026-05-31" } }, { around: { today: "2026-06-01" } }],
  "packet/stale-review": [{ around: { today: "2026-08-31" } }, { around: { today: "2026-08-30" } }],
  "packet/heading-missing": [{ text: without("## Execution Gate") }, {}],
  "packet/heading-unknown": [of("## Required Approval", "## Exceptions\n## Required Approval"), {}],
  "packet/heading-repeated": [{ text: `${seed}## Status\n` }, {}],
  "packet/heading-order": [
    { text: seed.replace(/(## Status\n[^]*?)(## Proposed Target[^]*?)(?=## Proposed Task)/, "$2$1") },
    {},
  ],
  "packet/banner": [of("Not active Core", "Active Core"), {}],
  "packet/notice": [of("does not activate Case", "may activate Case"), {}],
  "packet/markup": [of("- `test_strings.py`", "* `test_strings.py`"), {}],
  "packet/indented": [of("- `test_strings.py`", "  - `test_strings.py`"), {}],
  "packet/trailing-space": [of("Allowed paths:", "Allowed paths: "), of("Allowed paths:", "\nAllowed paths:")],
  "packet/fence": [of("task.\n```\n", "task.\n"), {}],
  "packet/line-missing": [{ text: without("Allowed paths:") }, {}],
  "packet/line-repeated": [of("Allowed paths:", "Task: more\nAllowed paths:"), {}],
  "packet/line-order": [
    of("Forbidden paths:", "Allowed network hosts:\n- `a.example:1`\nForbidden paths:"),
    hosts("a.example:1"),
  ],
  "packet/label-unknown": [of("Allowed paths:", "Exceptions:\nAllowed paths:"), {}],
  "packet/item-unknown": [
    of("## Required", "By the way.\n- `x`\n## Required"),
    of("## Required", "So it is.\n## Required"),
  ],
  "packet/item-missing": [{ text: without("- Admission status: `admitted`") }, {}],
  "packet/item-repeated": [of("- `test_strings.py`", "- `src/strings.py`"), {}],
  "packet/item-form": [of("- `test_strings.py`", "- test_strings.py"), {}],
  "packet/id": [of("`CTO-WORK-049` remains", "`CTO-WORK-49` remains"), {}],
  "packet/id-taken": [{ around: { otherPacketOf: () => "CTO-OTHER-APPROVAL-PACKET.md" } }, {}],
  "packet/target-path": [of("Repository: `/home", "Repository: `home"), {}],
  "packet/target-disagrees": [{ around: { admittedBy: () => "/elsewhere" } }, { around: { admittedBy: () => TARGET } }],
  "packet/admission-source": [of("`.sot/03-PROTOCOLS/CTO-CASE", "`.cto/CTO-CASE"), {}],
  "packet/admission-status": [of("`admitted`", "`approved`"), of("`admitted`", "`proposed`")],
  "packet/risk": [of("`low_risk_noncritical`", "`none at all`"), of("`low_risk_noncritical`", "`high_risk`")],
  "packet/observed-state": [of("clean `main`", "dirty `main`"), of("clean `main`", "clean `feature/x`")],
  "packet/allowed-empty": [{ text: changed("- `src/strings.py`\n- `test_strings.py`\n", "") }, {}],
  "packet/path-absolute": [allowed("/etc/x"), allowed("etc/x")],
  "packet/path-climbs": [allowed("src/../x"), allowed("src/x")],
  "packet/path-not-allowed-form": [allowed("**"), allowed("src/**")],
  "packet/path-twin": [allowed("SRC/Strings.py"), allowed("SRC/strings2.py")],
  "packet/allowed-is-forbidden": [allowed(".github/workflows/ci.yml"), allowed(".github/dependabot.yml")],
  "packet/path-absent": [{ around: committed({ "test_strings.py": "file" }) }, {}],
  "packet/path-through-link": [{ around: committed({ ...WHOLE, src: "link" }) }, {}],
  "packet/action-unknown": [of("- push", "- push\n- breathe"), {}],
  "packet/forbidden-action-removed": [{ text: without("- push") }, {}],
  "packet/forbidden-path-removed": [
    { around: { baseForbiddenPaths: [...BASE_FORBIDDEN_PATHS, "vendor/"] } },
    {
      text: changed("- `.git/`", "- `.git/`\n- `vendor/`"),
      around: { baseForbiddenPaths: [...BASE_FORBIDDEN_PATHS, "vendor/"] },
    },
  ],
  "packet/criterion-empty": [{ text: seed.replace(/(Success criteria:\n)(?:- .*\n)+/, "$1") }, {}],
  "packet/criterion-prose": [{}, { text: seed.replace(/(Success criteria:\n)- .*\n- .*\n/, "$1") }],
  "packet/host-form": [hosts("10.0.0.1:443"), hosts("pypi.org:443")],
  "packet/hosts-empty": [hosts(), hosts("pypi.org:443")],
  "packet/validation": [of("python3 -m pytest -q\n", ""), {}],
  "packet/validation-shell": [of("pytest -q", "pytest -q; true"), of("pytest -q", "pytest -q true")],
  "packet/two-commands": [of("-m pytest -q", "-m pytest -q\ntrue"), {}],
  "packet/rollback": [of("Revert the single target commit", "Reset the target"), {}],
  "packet/sentence": [of("slugify alignment task.", "slugify  alignment task."), {}],
  "packet/sentence-disagrees": [of("approve CTO-WORK-049", "approve CTO-WORK-050"), {}],
  "packet/two-sentences": [of("Without that", "I approve everything.\nWithout that"), {}],
  "packet/gate-backend": [of("Harness Case seam", "Harness Hermes seam"), {}],
  "packet/gate-stage": [of("CASE_STAGE=5", "CASE_STAGE=five"), {}],
  "packet/gate-variables": [of("ALLOW_CASE=1", "ALLOW_CASE=true"), {}],
  "packet/evidence-missing": [
    { text: without("- `trace.jsonl`") },
    of("- `trace.jsonl`", "- `trace.jsonl`\n- `x.json`"),
  ],
};

test.each(Object.entries(RULES))("R025 %s is found in its failing fixture and not in its passing one", (code, row) => {
  const [broken, whole] = row.map((fixture) => lint(fixture).filter((found) => found.code === code));
  expect(broken).not.toEqual([]);
  expect(whole).toEqual([]);
});

test("R025 every rule of a packet has its two fixtures", () => {
  const codes = Object.keys(REFUSALS).filter((code) => isRefusalCode(code) && code.startsWith("packet/"));
  expect(Object.keys(RULES).toSorted()).toEqual(codes.toSorted());
});

test("R025 only what a reader of the target or of the calendar can weigh is a warning", () => {
  const severities = Object.entries(RULES).map(([code, [broken]]) => [
    code,
    lint(broken).find((found) => found.code === code)?.severity,
  ]);
  expect(severities.filter(([, severity]) => severity === "warning").map(([code]) => code)).toEqual([
    "packet/source-missing",
    "packet/stale-review",
    "packet/path-absent",
    "packet/criterion-prose",
  ]);
});

const pathsIn = (path: string, entries: Readonly<Record<string, Entry>>): readonly string[] =>
  lint({ ...allowed(path), around: committed({ ...WHOLE, ...entries }) })
    .filter(({ code }) => /path-absent|through-link/.test(code))
    .map(({ code, at }) => `${code} ${at.line}:${at.column}`);

test.each<readonly [string, Readonly<Record<string, Entry>>, readonly string[]]>([
  ["lib/x.py", { lib: "folder", "lib/x.py": "file" }, []],
  ["lib/", { lib: "folder" }, []],
  ["lib/*.py", { lib: "folder", "lib/x.py": "file" }, []],
  ["lib/**", { lib: "folder", "lib/deep/x.py": "file" }, []],
  ["lib/x.py", {}, ["packet/path-absent 29:4"]],
  ["lib/X.py", { lib: "folder", "lib/x.py": "file" }, ["packet/path-absent 29:4"]],
  ["lib", { lib: "folder" }, ["packet/path-absent 29:4"]],
  ["x.py/", { "x.py": "file" }, ["packet/path-absent 29:4"]],
  ["lib/*.js", { lib: "folder", "lib/x.py": "file" }, ["packet/path-absent 29:4"]],
  ["lib/**", { lib: "folder" }, ["packet/path-absent 29:4"]],
  ["lib/x.py", { lib: "link" }, ["packet/path-through-link 29:4"]],
  ["lib", { lib: "link" }, ["packet/path-through-link 29:4"]],
  ["lib/**", { lib: "repository" }, ["packet/path-through-link 29:4"]],
])("R029 the allowed path %s on a target that holds %j: %j", (path, entries, expected) => {
  expect(pathsIn(path, entries)).toEqual(expected);
});

test.each([
  ["Task: align", "Task: write new `lib/x.py` and align", true],
  ["Task: align", "Task: write new file `lib/x.py` and align", true],
  ["Task: align", "Task: fill new folder `lib/` and align", true],
  ["- Harness Evidence", "- There is a new `lib/x.py`.\n- Harness Evidence", true],
  ["Task: align", "Task: write new `lib/y.py` and align", false],
  ["Task: align", "Task: write `lib/x.py` and align", false],
  ["Task: align", "Task: renew `lib/x.py` and align", false],
])("a path that is absent is no doubt where the packet says so (%s -> %s)", (from, to, isSaid) => {
  const text = changed("- `test_strings.py`", "- `lib/x.py`").replace(from, to);
  const codes = lint({ text }).map(({ code }) => code);
  expect(codes.includes("packet/path-absent")).toBe(!isSaid);
});

test("the seed packet is read the same whatever its target holds: what it holds is no part of the contract", () => {
  expect(readPacket(documentOf(seed), "2026-06-02").ok).toBe(true);
  expect(lint({ around: committed({}) }).map(({ severity }) => severity)).not.toContain("error");
});
