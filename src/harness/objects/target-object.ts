import type { AdmissionReading, TargetCheck } from "../admission/read-targets.ts";
import { refusalObject } from "./refusal-object.ts";
import type { ObservedTarget, TargetCheckObject, TargetRow } from "./target.ts";

/** An Admission record as it reads, or why it does not. */
export const admissionObject = ({ source, read }: AdmissionReading): TargetRow => ({
  record: source.path,
  sha256: source.digest,
  ...(read.ok ? read.value : { refusals: read.refusals.map(refusalObject) }),
});

/** What is seen of a target, and what of it is not as admitted. */
export const targetCheckObject = ({ observation, drift, signedBy }: TargetCheck): TargetCheckObject => ({
  observed: observation === "not-plain" ? null : observedOf(observation),
  drift: drift.map(refusalObject),
  signedBy,
});

// The control plane is long and says nothing to a reader; its digest stands for it.
const observedOf = ({ controlPlane, ...seen }: Exclude<TargetCheck["observation"], "not-plain">): ObservedTarget => ({
  ...seen,
  controlPlane: controlPlane.digest,
});
