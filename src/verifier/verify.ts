// `cto-harness/verify`: whether a bundle is one run's evidence as it was sealed. Bytes in, a verdict out: nothing here
// reads a file, asks a network, signs anything, or shares code with what does.

export { webVerifyTools } from "./web-tools.ts";
export { heldFile, readTar, type FileTaker, type TarBundle } from "../workflow/evidence/verify/tar.ts";
export type { Later, SignedRecord } from "../workflow/evidence/verify/later.ts";
export type { Level } from "../workflow/evidence/verify/records.ts";
export type { BundleContent, DigestedFile, OddEntry } from "../workflow/evidence/verify/reading.ts";
export {
  CannotJudge,
  type Eventually,
  type KeyNumbers,
  type SignatureHash,
  type Trust,
  type VerifyTools,
} from "../workflow/evidence/verify/tools.ts";
export type { Check, Verdict, VerdictWord, VerifyCode } from "../workflow/evidence/verify/verdict.ts";
export { verifyBundle } from "../workflow/evidence/verify/verify.ts";
