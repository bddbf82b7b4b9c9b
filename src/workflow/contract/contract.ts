import { canonicalJson, digestOf, type Digest } from "../digest.ts";
import type { Contract } from "./contract-form.ts";

export type { Contract, Criterion } from "./contract-form.ts";
export {
  BACKEND_KINDS,
  FORBIDDEN_ACTIONS,
  type BackendKind,
  type CriterionCheck,
  type ForbiddenAction,
} from "../vocabulary.ts";

/** The canonical bytes (RFC 8785) that `contract.json` holds; the digest is over exactly these. */
export const contractText = (contract: Contract): string => canonicalJson(contract);

export const contractDigest = (contract: Contract): Digest => digestOf(contractText(contract));
