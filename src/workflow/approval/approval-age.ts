import { timeText, type Instant } from "../instant.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** How old an approval is, by each clock; the boot clock knows nothing across a reboot (R048). */
export interface ApprovalAge {
  readonly byRealtimeMs: number;
  readonly byBoottimeMs: number | null;
}

export const approvalAge = ({ challenge }: ApprovalRecord, now: Instant): ApprovalAge => ({
  byRealtimeMs: now.epochMs - Date.parse(challenge.issuedAt),
  byBoottimeMs: now.bootId === challenge.bootId ? now.bootMs - challenge.bootMs : null,
});

/** After this moment nothing may be started with it: its own expiry or the policy's, whichever is earlier. */
const lastUse = ({ validity }: ApprovalRecord, expiryMs: number): number =>
  Math.min(Date.parse(validity.expiresAt), Date.parse(validity.notBefore) + expiryMs);

/** Clocks first, then the two deadlines. An approval that its run has spent already only has to end in time. */
export function* objectionsToAge(
  record: ApprovalRecord,
  expiryMs: number,
  now: Instant,
  spent: boolean,
): Iterable<Refusal> {
  const problem = clockProblem(record, now);
  if (problem !== undefined) yield refusal("gate/clock-disagrees", { problem });
  const deadline = spent ? Infinity : lastUse(record, expiryMs);
  const end = Math.min(deadline, Date.parse(record.validity.executeBy));
  if (now.epochMs >= end) yield refusal("approval/expired", { at: timeText(end) });
}

const clockProblem = (record: ApprovalRecord, now: Instant): string | undefined => {
  const { byRealtimeMs, byBoottimeMs } = approvalAge(record, now);
  if (byRealtimeMs < 0 || now.epochMs < Date.parse(record.validity.notBefore))
    return `the approval is of ${record.validity.notBefore}, the wall clock says ${timeText(now.epochMs)}`;
  if (byBoottimeMs === null) return undefined;
  if (byBoottimeMs < 0) return "the approval is younger than the boot clock allows";
  const apart = Math.abs(byRealtimeMs - byBoottimeMs);
  return apart > LIMITS.clockSkewMaxMs
    ? `since the approval they moved ${Math.round(apart / 1000)} s apart, ${LIMITS.clockSkewMaxMs / 1000} s are allowed`
    : undefined;
};
