import { artifactRows } from "./evidence-artifact.ts";
import { eventRows } from "./evidence-events.ts";

/** Sealing and verifying, against the bare reading and writing of the same bytes. */
export const evidence = async (): Promise<boolean> => {
  const rows = [...(await eventRows()), ...artifactRows()];
  return rows.every(Boolean);
};
