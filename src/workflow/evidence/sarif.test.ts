import { afterAll, beforeAll, expect, test } from "vitest";

import {
  failedIds,
  replaceIn,
  sampleBundle,
  sealedOf,
  textOf,
  type Edit,
  type SampleBundle,
  utf8,
} from "../../../test/fixtures/sample-bundle.ts";
import { bundleFiles } from "./bundle-files.ts";
import type { RunRecord } from "./run-record.ts";

let bundle: SampleBundle;
beforeAll(() => {
  bundle = sampleBundle();
});
afterAll(() => bundle.world.remove());

const FILE = "findings.sarif.json";
const CHANGE = { change: "made", oldMode: "000000", newMode: "100644", size: 1, sha256: null, blob: null };

interface Log {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[];
        };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations?: readonly unknown[];
        readonly relatedLocations?: readonly unknown[];
        readonly partialFingerprints: Readonly<Record<string, string>>;
      }[];
    },
  ];
}

const sarifOf = (record: RunRecord): Log => JSON.parse(textOf(bundleFiles(record, bundle.world.given), FILE)) as Log;

test("findings and denied attempts stand there under the code that accepting has to name, refusals beside them", () => {
  const [{ results, tool }] = sarifOf(bundle.world.record).runs;
  expect(results.map(({ ruleId, level }) => `${level} ${ruleId}`)).toEqual([
    "warning validation/base-fails",
    "note denied/push",
  ]);
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(["denied/push", "validation/base-fails"]);
  const voided = bundle.world.ending("voided");
  const [{ results: refused }] = (JSON.parse(textOf(bundleFiles(voided.record, voided.given), FILE)) as Log).runs;
  expect(refused[0]).toMatchObject({ ruleId: "validation/failed", level: "error" });
});

test("a violated path is told once, with its place in the target and the packet line that decided (R087)", () => {
  const { record } = bundle.world;
  const row = { ...CHANGE, path: "deploy/a b%.yaml", verdict: "forbidden" as const, rule: "deploy/", packetLine: 44 };
  const [{ results }] = sarifOf({ ...record, changes: [row] }).runs;
  expect(results[0]).toMatchObject({
    ruleId: "policy/forbidden-path",
    level: "error",
    locations: [{ physicalLocation: { artifactLocation: { uri: "deploy/a%20b%25.yaml", uriBaseId: "TARGET" } } }],
    relatedLocations: [
      { physicalLocation: { artifactLocation: { uri: "approval/packet.md" }, region: { startLine: 44 } } },
    ],
  });
  expect(results.filter(({ ruleId }) => ruleId === "policy/forbidden-path")).toHaveLength(1);
});

test("a finding has the same fingerprint in every run, another finding another", () => {
  const { record } = bundle.world;
  const prints = (of: RunRecord): readonly string[] =>
    sarifOf(of).runs[0].results.map(({ partialFingerprints }) => partialFingerprints["cto/v1"] ?? "");
  const other = bundle.world.ending("interrupted").record;
  expect(prints({ ...other, findings: record.findings, attempts: record.attempts })).toEqual(
    expect.arrayContaining([...prints(record)]),
  );
  expect(new Set(prints(record)).size).toBe(2);
});

test.each<[string, Edit]>([
  [
    "a result left out",
    (files) =>
      files.set(FILE, utf8(textOf(files, FILE).replace(/\{\s*"ruleId": "denied\/push"[\s\S]*?\n {8}\},?/, ""))),
  ],
  ["a level made smaller", replaceIn(FILE, '"level": "warning"', '"level": "note"')],
  ["a sentence in other words", replaceIn(FILE, "git push origin main", "git status")],
  ["a result of another rule", replaceIn(FILE, '"ruleId": "denied/push"', '"ruleId": "denied/merge"')],
  ["another run's", replaceIn(FILE, "/R-049-01", "/R-049-02")],
  [
    "a member that SARIF has and we do not write",
    replaceIn(FILE, '"level": "note",', '"level": "note", "baselineState": "absent",'),
  ],
])("the verifier sees %s", async (_, edit) => {
  const verdict = await bundle.verify(bundle.resealed(edit));
  expect(failedIds(verdict)).toContain("findings");
});

test("the verifier passes a bundle whose paths were refused, and sees a refused path that is not told", async () => {
  const { record, given } = bundle.world.ending("voided");
  const row = { ...CHANGE, path: "secrets/key", verdict: "unlisted" as const, rule: "", packetLine: null };
  const files = sealedOf({ ...record, changes: [row] }, given);
  expect(failedIds(await bundle.verify(files))).toEqual([]);
  const silent = textOf(bundleFiles(record, given), FILE);
  expect(failedIds(await bundle.verify(files.set(FILE, utf8(silent))))).toContain("findings");
});
