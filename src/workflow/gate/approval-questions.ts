import type { Approval } from "../approval/approval.ts";
import { assuranceWords } from "../approval/assurance.ts";
import type { Refusal, RefusalCode } from "../refusal.ts";
import { refusalsOf, type Result } from "../result.ts";
import type { GateQuestion } from "./gate-check.ts";

/** The approval is judged once; each of steps 4 to 9 shows its own part of the answer. */
export const approvalQuestions = (approval: Result<Approval, Refusal>): readonly GateQuestion[] => {
  const told = refusalsOf(approval);
  return PARTS.map(({ name, step, needs, pass, codes }) => ({
    step,
    stage: "approval",
    name,
    needs,
    refusals: told.filter(({ code }) => codes.includes(code) || (name === "digests" && !KNOWN.has(code))),
    says: () => (approval.ok ? pass(approval.value) : ""),
  }));
};

interface Part {
  readonly name: string;
  readonly step: number;
  readonly needs: readonly string[];
  readonly codes: readonly RefusalCode[];
  readonly pass: (approval: Approval) => string;
}

const PARTS: readonly Part[] = [
  {
    name: "record",
    step: 4,
    needs: ["contract"],
    codes: ["approval/absent", "approval/record-unreadable"],
    pass: ({ record, voices }) =>
      `${record.approvalId} by ${voices.map((voice) => voice.record.approver.principal).join(", ")}`,
  },
  {
    name: "signature",
    step: 5,
    needs: ["record", "policy", "signers"],
    codes: [
      "approval/not-signed",
      "approval/signature-invalid",
      "approval/not-the-owner",
      "approval/not-eligible",
      "approval/by-the-author",
      "approval/records-disagree",
      "approval/quorum-not-met",
      "approval/no-user-presence",
      "approval/below-minimum",
    ],
    pass: ({ assurance, voices, record }) =>
      [
        `${assurance}, ${assuranceWords(assurance)}`,
        ...(record.quorum.required === 1 ? [] : [`${voices.length} of ${record.quorum.required} signed`]),
        ...(voices.some((voice) => voice.record.quorum.selfApproved) ? ["self-approved"] : []),
      ].join(", "),
  },
  {
    name: "single use",
    step: 6,
    needs: ["record", "signers", "ledger"],
    codes: ["approval/key-revoked", "approval/withdrawn", "approval/consumed", "approval/unknown-challenge"],
    pass: () => "asked for here, not withdrawn, unused",
  },
  {
    name: "clocks",
    step: 7,
    needs: ["record", "policy"],
    codes: ["gate/clock-disagrees", "approval/expired"],
    pass: ({ record, age }) =>
      `good until ${record.validity.expiresAt}${age.byBoottimeMs === null ? ", by the wall clock alone: this machine was started again since" : ""}`,
  },
  {
    name: "digests",
    step: 9,
    needs: ["record", "policy", "signers", "target"],
    codes: ["approval/stale", "approval/contradicts-contract", "admission/head-moved"],
    pass: () => "packet, contract, admission, policy, signers, build and target are as approved",
  },
  {
    name: "sentence",
    step: 8,
    needs: ["record"],
    codes: ["approval/not-exact"],
    pass: () => "equal to the packet's, byte for byte",
  },
];

const KNOWN: ReadonlySet<RefusalCode> = new Set(PARTS.flatMap(({ codes }) => codes));
