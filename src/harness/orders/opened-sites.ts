import type { Home } from "../../seams/home.ts";
import { readAdmissionRecord } from "../../workflow/admission/admission-record.ts";
import { switchesOf } from "../../workflow/gate/switches.ts";
import { BACKEND_KINDS } from "../../workflow/vocabulary.ts";
import { admissionFileAt } from "../admission/admission-file.ts";
import { targetIdOf } from "../admission/target-id.ts";

/**
 * The targets whose gate an environment may open (R056): each of its admission files names one. A worker takes no run of
 * another, for its gate would refuse it. Nothing is believed of it: the gate reads all of it again.
 */
export const openedSites = async (
  home: Pick<Home, "folder" | "read">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> => {
  const sites = new Set<string>();
  for (const kind of BACKEND_KINDS) {
    const { allow, admissionFile } = switchesOf(kind);
    const given = environment[admissionFile] ?? "";
    if (environment[allow] !== "1" || given === "") continue;
    const document = await admissionFileAt(home, given);
    const record = document === "unreadable" ? undefined : readAdmissionRecord(document.bytes);
    if (record?.ok === true) sites.add(targetIdOf(record.value.path));
  }
  return [...sites];
};
