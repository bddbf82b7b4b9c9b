import type { AuditEntry } from "../harness/objects/audit.ts";

export const INBOX = "cto://inbox";
export const AUDIT_HEAD = "cto://audit/head";

/** The files of a bundle that are resources; all others are read by cto_read_evidence. */
export const BUNDLE_FILES = ["report.md", "report.json", "patch.diff", "test.log", "control-surface.json"] as const;

const FORM =
  /^cto:\/\/(?:inbox|audit\/head|w\/CTO-WORK-\d{3,9}|r\/R-\d{3,9}-\d{2,6}\/(?:report\.md|report\.json|patch\.diff|test\.log|control-surface\.json))$/;

export const isResource = (uri: string): boolean => FORM.test(uri);

/** What may read otherwise after these entries of the ledger. */
export const resourcesAfter = (entries: readonly Pick<AuditEntry, "type" | "work" | "run">[]): readonly string[] =>
  entries.length === 0 ? [] : [...new Set([INBOX, AUDIT_HEAD, ...entries.flatMap(resourcesOf)])];

const resourcesOf = ({ type, work, run }: Pick<AuditEntry, "type" | "work" | "run">): readonly string[] => [
  ...(work === undefined ? [] : [`cto://w/${work}`]),
  // A bundle is there from its seal on, and never changes afterwards.
  ...(run === undefined || type !== "run.sealed" ? [] : BUNDLE_FILES.map((file) => `cto://r/${run}/${file}`)),
];
