import type { DocumentKind } from "../../seams/home.ts";

/** Where the documents of each kind lie, and what they are called (R008, R009). */
export const DOCUMENT_KINDS: Readonly<Record<DocumentKind, { readonly folder: string; readonly name: RegExp }>> = {
  packet: { folder: ".sot/03-PROTOCOLS", name: /^CTO(?:-[A-Z0-9]+)+-APPROVAL-PACKET\.md$/ },
  issues: { folder: ".sot/03-PROTOCOLS", name: /^CTO(?:-[A-Z0-9]+)+-ISSUES\.md$/ },
  admission: { folder: ".sot/03-PROTOCOLS", name: /^CTO(?:-[A-Z0-9]+)+-ADMISSION\.json$/ },
  checks: { folder: ".sot/03-PROTOCOLS", name: /^CTO(?:-[A-Z0-9]+)+-CHECKS\.yaml$/ },
  handover: { folder: ".cto/keys/handovers", name: /^.*\.sigstore\.json$/ },
  profile: { folder: ".sot/authority/profiles", name: /^[a-z][a-z0-9-]{0,63}\.json$/ },
  authority: { folder: ".sot/authority", name: /^[A-Za-z0-9_][A-Za-z0-9._-]*$/ },
};
