import type { AuditEntry } from "../../harness/objects/audit.ts";

/** The target that a record is about, or the file of its admission where it names no target. */
export const targetIn = ({ type, detail }: AuditEntry): string | undefined => {
  if (!type.startsWith("target.")) return undefined;
  const { target, path } = detail ?? {};
  if (typeof target === "string") return target;
  return typeof path === "string" ? path : undefined;
};
