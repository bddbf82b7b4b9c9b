import { workId } from "../../workflow/ids.ts";
import { packetPath, writePacket } from "../../workflow/packet/write-packet.ts";
import { SAMPLE_PROBE } from "./sample.ts";

const NAME = "cto-demo-slugify-approval-packet";
export const DEMO_OWNER = "jp";

/** The demo's packet, in the seed's shape, for the target and backend of the demo; and the owner's probe beside it. */
export const demoDocuments = (
  target: string,
  today: string,
): {
  readonly packet: { readonly path: string; readonly text: string };
  readonly checks: { readonly path: string; readonly text: string };
} => {
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new TypeError("the demo's work id is one");
  const path = packetPath(NAME);
  const text = writePacket({
    name: NAME,
    title: "CTO Demo Slugify Approval Packet",
    description: "Approval packet of the demo; the same shape as a real one.",
    status: "validated",
    owner: DEMO_OWNER,
    source: ".sot/03-PROTOCOLS/CTO-DEMO-ISSUES.md",
    created: today,
    lastReviewed: today,
    work,
    target,
    admissionSource: ".sot/03-PROTOCOLS/CTO-DEMO-TARGET-ADMISSION.json",
    admissionStatus: "admitted",
    risk: "low_risk_noncritical",
    branch: "main",
    task: "align `src/strings.py` `slugify` behavior with the already-proven root `strings.py` implementation and add coverage for repeated and outer whitespace.",
    label: "src/strings.py slugify alignment",
    allowedPaths: ["src/strings.py", "test_strings.py"],
    extraForbiddenPaths: [],
    criteria: [
      "`src/strings.py` uses whitespace-splitting slug behavior equivalent to root `strings.py`.",
      "`test_strings.py` includes coverage for repeated spaces and outer spaces through the `src.strings` implementation.",
      "Target repository ends clean after Harness post-processing.",
      "Harness Evidence Interface artifacts exist.",
      "Hermes Control Surface can expose replay paths after execution.",
      "Runtime default activation remains false.",
    ],
    validation: ["python3", "-m", "pytest", "-q"],
    backend: "scripted",
    stage: 5,
  });
  const checks = `# The owner's own probe for the first criterion: it must fail on the base and pass on the candidate.
schema: cto/checks/v1
packet: ${NAME}
checks:
  C1:
    argv: [python3, -c, ${JSON.stringify(SAMPLE_PROBE)}]
    onBase: fails
`;
  return {
    packet: { path, text },
    checks: { path: path.replace("-APPROVAL-PACKET.md", "-CHECKS.yaml"), text: checks },
  };
};
