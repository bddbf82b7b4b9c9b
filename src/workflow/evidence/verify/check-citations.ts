import { isOutsideSums } from "../bundle-table.ts";
import type { Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "citations";

/** Written after the report, so that the report can name them and not digest them. */
const LATER: ReadonlySet<string> = new Set([
  "report.json",
  "report.md",
  "control-surface.json",
  "findings.sarif.json",
  "redactions.json",
  "bundle.json",
  "SHA256SUMS",
]);

/** Step 11: every digest that the report cites is the digest of the file that lies here. */
export const checkCitations = ({ report, digest, paths }: Reading): readonly Check[] => {
  const off = (says: string, file: string): Check => fail(ID, "evidence/report-contradicted", says, file);
  if (report === undefined) return [off("there is no report to read", "report.json")];
  const cited = [
    ...report.criteria.flatMap(({ cites }) => cites),
    ...report.files,
    ...report.replay.flatMap(({ inputs }) => inputs),
  ];
  const listed = new Set(report.files.map(({ file }) => file));
  const objections = [
    ...cited.flatMap(({ file, sha256 }) => {
      if (sha256 === null)
        return LATER.has(file) || digest(file) === undefined ? [] : [off("it is cited without a digest", file)];
      return sha256 === digest(file) ? [] : [off("the report cites other bytes", file)];
    }),
    ...paths
      .filter((file) => !LATER.has(file) && !isOutsideSums(file) && !listed.has(file))
      .map((file) => off("the report does not know it", file)),
  ];
  return passUnless(ID, objections, `${cited.length} cited digests recomputed`);
};
