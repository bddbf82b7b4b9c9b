import { PLACEHOLDER_RULE, placeholderKey } from "../../workflow/backend/placeholder-key.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Changes } from "../../workflow/policy/changes.ts";
import type { JudgedChange, SecretInChange } from "../../workflow/policy/judge-changes.ts";
import type { Redactor } from "../backend/redactor.ts";
import type { World } from "../world.ts";

/**
 * Every secret in the old and new bytes, and in the names, of the files that could be committed (R083); and the run's
 * placeholder of a key in what is new, which is worth nothing and shows that a key would have been committed.
 */
export const secretsInChanges = async (
  { target }: Pick<World, "target">,
  permit: Permit,
  { changes, contents, limit }: Changes,
  rows: readonly JudgedChange[],
  redactor: Redactor,
): Promise<readonly SecretInChange[]> => {
  // What was not read to its end is refused for that.
  if (limit !== undefined) return [];
  const found: SecretInChange[] = [];
  const placeholder = placeholderKey(permit.run);
  const allowed = new Set(rows.filter(({ verdict }) => verdict === "allowed").map(({ path }) => path));
  for (const change of changes) {
    if (!allowed.has(change.path) || found.length >= LIMITS.secretsInChangeMax) continue;
    if ((change.after?.size ?? 0) > permit.authority.limits.committedFileBytesMax) continue;
    const path = redactor.text(change.path, "report.json");
    const { before, after } = await target.readChange(permit, change, contents);
    for (const { rule } of redactor.leftIn(Buffer.from(change.path))) found.push({ path, rule, line: 0, side: "name" });
    for (const [side, bytes] of [
      ["new", after],
      ["old", before],
    ] as const)
      if (bytes !== "none")
        for (const { rule, from } of redactor.leftIn(bytes))
          found.push({ path, rule, line: lineAt(bytes, from), side });
    if (change.path.includes(placeholder)) found.push({ path, rule: PLACEHOLDER_RULE, line: 0, side: "name" });
    const from = after === "none" ? -1 : Buffer.from(after).indexOf(placeholder);
    if (after !== "none" && from !== -1)
      found.push({ path, rule: PLACEHOLDER_RULE, line: lineAt(after, from), side: "new" });
  }
  return found.slice(0, LIMITS.secretsInChangeMax);
};

const lineAt = (bytes: Uint8Array, at: number): number =>
  bytes.subarray(0, at).reduce((lines, byte) => lines + Number(byte === 0x0a), 1);
