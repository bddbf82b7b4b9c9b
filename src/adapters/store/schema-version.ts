import { Failure } from "../../workflow/failure.ts";
import { MIGRATIONS } from "./migrations.ts";

/** A database of another version is left as it is: an older one until somebody writes, a newer one for its own program. */
export const requireKnown = (version: number): void => {
  if (version === MIGRATIONS.length) return;
  throw new Failure(
    "store/unknown-version",
    `The ledger has schema version ${version}; this program knows ${MIGRATIONS.length}.`,
  );
};
