import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import { bundleFiles, judgedCriteria, renderings } from "./bundle-files.ts";
import { readReplayPaths } from "./control-surface.ts";
import type { RunRecord } from "./run-record.ts";
import { reportSchema, type Report } from "./schemas/report.ts";

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const reportIn = (files: ReadonlyMap<string, Uint8Array>): Report =>
  reportSchema.parse(JSON.parse(text(files.get("report.json"))));
const pageOf = (record: RunRecord): string => text(bundleFiles(record, world.given).get("report.md"));

test("the same record gives the same bytes of every file", () => {
  const [one, two] = [bundleFiles(world.record, world.given), bundleFiles(structuredClone(world.record), world.given)];
  expect([...one.keys()]).toEqual([...two.keys()]);
  expect([...one].filter(([name, bytes]) => text(two.get(name)) !== text(bytes))).toEqual([]);
});

test("page and summary are drawn again, byte for byte, from report.json alone (R102, R123)", () => {
  const files = bundleFiles(world.record, world.given);
  const drawn = [...renderings(reportIn(files))];
  expect(drawn.map(([name]) => name)).toEqual([
    "report.json",
    "report.md",
    "control-surface.json",
    "findings.sarif.json",
  ]);
  expect(drawn.filter(([name, bytes]) => text(bytes) !== text(files.get(name)))).toEqual([]);
});

test("the page begins with the verdict, then the denied attempts (R086)", () => {
  const lines = pageOf(world.record).split("\n");
  expect(lines[0]).toBe(String.raw`# R-049-01: awaiting\_outcome`);
  expect(lines.slice(0, 12).join("\n")).toContain(
    String.raw`push, denied by no network (event 13): git push origin main`.replaceAll("-", String.raw`\-`),
  );
});

test("the page carries the Non-Authority Notice word for word (R007)", () => {
  expect(pageOf(world.record)).toContain(
    "This approval packet is child-local planning. It does not promote CTO artifacts into Core, does not activate Case as default backend, and does not authorize mutation before JP approval.",
  );
});

test("what the agent said stands apart from what the Harness saw (R113)", () => {
  const page = pageOf(world.record);
  const [seen, said] = [
    page.indexOf("## Seen by the Harness"),
    page.indexOf("## Said by the agent or its backend: claims, not facts"),
  ];
  expect(page.indexOf("may push now")).toBeGreaterThan(said);
  expect(said).toBeGreaterThan(seen);
});

const HOSTILE = [
  "<script>alert(1)</script>",
  "a | b | c",
  "](javascript:alert(1))",
  "![x](https://evil.invalid/x.png)",
  "# heading",
  "`code` **bold** _it_ ~~no~~",
  "line\nnext\r\n| more |",
  "\u202Eevil\u2066\u200B",
  "\u001B[2Jcleared",
  "https://evil.invalid",
  "&lt;b&gt; &amp;",
] as const;

test.each(HOSTILE)("a hostile name is shown as text and as one line: %j (surface-markup)", (name) => {
  const base = world.record.changes[0];
  if (base === undefined) throw new Error("the sample has changes");
  const record: RunRecord = {
    ...world.record,
    changes: [...world.record.changes, { ...base, path: name, verdict: "scratch", rule: name }],
    attempts: world.record.attempts.map((attempt) => ({ ...attempt, detail: name })),
    findings: [{ code: "validation/base-fails", says: name }],
  };
  const page = pageOf(record);
  const plain = pageOf({
    ...record,
    changes: [...world.record.changes, { ...base, path: "p", verdict: "scratch", rule: "p" }],
    attempts: world.record.attempts,
    findings: [{ code: "validation/base-fails", says: "p" }],
  });
  expect(page.split("\n").length).toBe(plain.split("\n").length);
  expect(page).not.toMatch(/<(?!\/?$)[a-z/!]/i);
  for (const hidden of ["\u202E", "\u2066", "\u200B", "\u001B", "\r"]) expect(page).not.toContain(hidden);
  expect(page).not.toMatch(/(?<!\\)\]\(/);
  expect(page).not.toMatch(/(?<!\\)!\[/);
});

test("each changed line names what permits it, the criterion that names its file, and the events that touched it (R118)", () => {
  const { lines } = reportIn(bundleFiles(world.record, world.given));
  expect(lines.map(({ path, allowedBy, criteria }) => [path, allowedBy, criteria])).toEqual([
    ["src/strings.py", "src/strings.py", ["C1"]],
    ["test_strings.py", "test_strings.py", ["C2"]],
  ]);
  expect(lines[0]?.ranges).toEqual([{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2 }]);
  expect(lines[0]?.events).toHaveLength(2);
});

test("machine criteria are proven from the bundle itself, the owner's stay the owner's (R031, R124)", () => {
  expect(judgedCriteria(world.record, world.given).map(({ id, status }) => `${id} ${status}`)).toEqual([
    "C1 owner-judged",
    "C2 owner-judged",
    "C3 proven",
    "C4 proven",
    "C5 proven",
    "C6 proven",
  ]);
});

test("a missing file, an unclean target and an active default each leave their criterion unproven", () => {
  const without = new Map(world.given);
  without.delete("patch.diff");
  const statuses = (record: RunRecord, given: ReadonlyMap<string, Uint8Array>): readonly string[] =>
    judgedCriteria(record, given).flatMap(({ id, status }) => (status === "not-proven" ? [id] : []));
  expect(statuses(world.record, without)).toEqual(["C4"]);
  expect(statuses({ ...world.record, proof: "unknown" }, world.given)).toEqual(["C3"]);
  expect(statuses({ ...world.record, defaultActivation: { before: false, after: true } }, world.given)).toEqual(["C6"]);
});

test("every criterion cites file and digest; only files written after the report are without one", () => {
  const cites = reportIn(bundleFiles(world.record, world.given)).criteria.flatMap((criterion) => criterion.cites);
  expect(cites.filter(({ sha256 }) => sha256 === null).map(({ file }) => file)).toEqual([
    "bundle.json",
    "SHA256SUMS",
    "control-surface.json",
  ]);
});

test("the ten actions are always told, each with its reason (R086)", () => {
  for (const kind of ["awaiting_outcome", "blocked", "voided"] as const) {
    const { record, given } = world.ending(kind);
    const { actions } = reportIn(bundleFiles(record, given));
    expect(actions).toHaveLength(10);
    expect(actions.every(({ says }) => says.length > 10)).toBe(true);
  }
});

test("an effect of a forbidden action is told as violated, though it was tried as well", () => {
  const { proof } = world.record;
  if (proof === "unknown") throw new Error("the sample is proven");
  const moved = {
    ...world.record,
    proof: {
      ...proof,
      refsChanged: ["refs/heads/main", "refs/heads/other"],
      controlPlaneAfter: { ...proof.controlPlaneAfter, entries: [{ name: "refs/remotes/origin/main", value: "x" }] },
    },
    watched: world.record.watched.map((place) => ({ ...place, after: "unknown" as const })),
  };
  const { actions } = reportIn(bundleFiles(moved, world.given));
  const verdictOf = (action: string): string | undefined => actions.find((row) => row.action === action)?.verdict;
  expect(verdictOf("push")).toBe("violated");
  expect(verdictOf("merge")).toBe("violated");
  expect(actions.find((row) => row.action === "cortex_core_mutation")?.says).toContain("could not be read");
});

test("identity is verified by a signature and else attested (R145)", () => {
  const { approval } = world.record;
  if (approval === "none") throw new Error("the sample is approved");
  const report = (assurance: "A1" | "A2"): Report =>
    reportIn(bundleFiles({ ...world.record, approval: { ...approval, assurance } }, world.given));
  expect(report("A2").approval?.identity).toBe("verified");
  expect(report("A1").approval?.identity).toBe("attested");
});

test("no page promises more than evidence gives: none of the words of R144", () => {
  for (const bytes of bundleFiles(world.record, new Map()).values())
    expect(text(bytes)).not.toMatch(/\b(?:compliant|certified|meets|third-party proof)\b/i);
});

test("the replay paths are read back from the summary as they were written (R124)", () => {
  const files = bundleFiles(world.record, world.given);
  expect(readReplayPaths(files.get("control-surface.json") ?? "")?.map(({ argv }) => argv.join(" "))).toEqual([
    "cto replay R-049-01 --level patch",
    "cto replay R-049-01 --level validation",
    "cto replay R-049-01 --level render",
    "cto replay R-049-01 --level normalize",
  ]);
  expect(readReplayPaths("{}")).toBeUndefined();
});
