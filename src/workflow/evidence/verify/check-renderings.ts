import { renderControlSurface } from "../control-surface.ts";
import { jsonFile } from "../json-file.ts";
import { renderReport } from "../render-report.ts";
import { verifyGuide, type GuideFacts } from "../verify-guide.ts";
import { sameBytes, textIn, utf8 } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import { strictJson } from "./strict-json.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "renderings";

/**
 * Step 11: what people read is drawn from what is checked, byte for byte. The renderers are the Harness's own, for that
 * they made these pages is what is claimed (docs/adr/0022); what they draw from is judged by this verifier's own reading.
 */
export const checkRenderings = (reading: Reading): readonly Check[] => {
  const { report, files, digest, manifest } = reading;
  const off = (file: string, says: string): Check => fail(ID, "evidence/report-contradicted", says, file);
  if (report === undefined || manifest === undefined)
    return [off("report.json", "without report and bundle.json nothing is drawn")];
  const sha256 = digest("report.json") ?? "";
  const drawn: readonly (readonly [file: string, text: string, of: string])[] = [
    // Its members in their own order, which is not for a reader to judge.
    ["report.json", jsonFile(strictJson(textIn(files.get("report.json") ?? new Uint8Array()) ?? "")?.value), "itself"],
    ["report.md", renderReport(report, sha256), "report.json"],
    ["control-surface.json", renderControlSurface(report, sha256), "report.json"],
    ["VERIFY.md", verifyGuide(guideFacts(reading)), "bundle.json and the records of those who signed"],
  ];
  const objections = drawn
    .filter(([file, text]) => !sameBytes(files.get(file) ?? new Uint8Array(), utf8(text)))
    .map(([file, , of]) => off(file, `it is not what is drawn from ${of}`));
  return passUnless(ID, objections, "report, page, summary and guide are drawn from this report and these records");
};

const guideFacts = ({ manifest, records, files }: Reading): GuideFacts => {
  const reach = manifest?.reach ?? "gate";
  const isUsed = reach !== "gate";
  return {
    run: manifest?.run ?? "",
    reach,
    approvers: isUsed ? records.approvals.flatMap(({ record }) => record?.predicate.approver ?? []) : [],
    admissionOwner: isUsed ? (records.admission?.owner ?? "none") : "none",
    isTested: files.has("test.log"),
  };
};
