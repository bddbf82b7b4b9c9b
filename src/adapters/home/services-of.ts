import type { Home } from "../../seams/home.ts";
import { Failure } from "../../workflow/failure.ts";
import { EMBEDDED, readServices, SERVICES_PATH, type Services } from "../../workflow/home-services.ts";

/** Where this home's ledger and bundles are. What cannot be read is a Failure: a ledger elsewhere would be another one. */
export const servicesOf = async (home: Home): Promise<Services> => {
  const document = await home.read(SERVICES_PATH);
  if (document === "absent") return EMBEDDED;
  if ((await home.guard(SERVICES_PATH)) === "group-or-world-writable")
    throw new Failure("home/unreadable", `${SERVICES_PATH} may be written by others than its owner.`);
  const read = readServices(document.bytes);
  if (read.ok) return read.value;
  throw new Failure("home/unreadable", `${SERVICES_PATH}: ${read.refusals[0]}.`);
};
