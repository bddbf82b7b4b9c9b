import { contractDigest, type Contract } from "../contract/contract.ts";
import { canonicalJson } from "../digest.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { BOUND, type Binding } from "./approval.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { ApprovalFacts } from "./approve.ts";
import type { ReadApproval } from "./read-approval-record.ts";
