import { workId } from "../../workflow/ids.ts";
import { packetPath, writePacket } from "../../workflow/packet/write-packet.ts";
import type { HostileCase } from "./case-form.ts";

const NAME = "cto-hostile-approval-packet";
export const ADMISSION = ".sot/03-PROTOCOLS/CTO-HOSTILE-TARGET-ADMISSION.json";
export const WORK = "CTO-WORK-049";
export const OWNER = "jp";

/** The packet of a case, in the seed's shape. */
export const packetOf = (
  { field }: HostileCase,
  target: string,
  today: string,
): { readonly path: string; readonly text: string } => {
  const work = workId(WORK);
  if (work === undefined) throw new TypeError("the suite's work id is one");
  const text = writePacket({
    name: NAME,
    title: "CTO Hostile Approval Packet",
    description: "Approval packet of a hostile case.",
    status: "validated",
    owner: OWNER,
    source: ".sot/03-PROTOCOLS/CTO-HOSTILE-ISSUES.md",
    created: today,
    lastReviewed: today,
    work,
    target,
    admissionSource: ADMISSION,
    admissionStatus: "admitted",
    risk: "low_risk_noncritical",
    branch: "main",
    task: "align `src/strings.py` with the tests and add coverage.",
    label: "src/strings.py slugify alignment",
    allowedPaths: field.allowed,
    extraForbiddenPaths: [],
    criteria: [
      "`src/strings.py` joins words by one dash.",
      "Target repository ends clean after Harness post-processing.",
      "Harness Evidence Interface artifacts exist.",
      "Hermes Control Surface can expose replay paths after execution.",
      "Runtime default activation remains false.",
    ],
    validation: field.validation,
    backend: "scripted",
    stage: 5,
  });
  return { path: packetPath(NAME), text: replaced(text, field.packet, "the packet") };
};

/** Text with its replacements; one that finds nothing would test nothing. */
export const replaced = (text: string, pairs: readonly (readonly [string, string])[], what: string): string =>
  pairs.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new TypeError(`${what} of the case does not hold ${from}`);
    return now.replace(from, () => to);
  }, text);
