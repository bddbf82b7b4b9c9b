import type { Permit } from "../../workflow/gate/permit.ts";
import type { PathGround } from "../../workflow/policy/judge-changes.ts";
import type { Performed } from "../backend/perform.ts";
import { ruleLines, type Drawn } from "../home/documents.ts";

/** What changed paths are judged by: the permitted contract, its policy, the base, and the packet's lines. */
export const groundOf = (
  permit: Permit,
  drawn: Drawn | undefined,
  performed: Pick<Performed, "basePaths">,
): PathGround => ({
  contract: permit.contract,
  authority: permit.authority,
  basePaths: performed.basePaths,
  lines: drawn === undefined ? new Map() : ruleLines(drawn.packet),
});
