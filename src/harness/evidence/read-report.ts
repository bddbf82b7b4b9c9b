import { reportSchema, type Report } from "../../workflow/evidence/schemas/report.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { World } from "../world.ts";

/** report.json of a bundle, or undefined where it is missing or of another form. Reading proves nothing. */
export const readReport = (files: ReadonlyMap<string, Uint8Array>): Report | undefined => reportIn(files.get(REPORT));

/** report.json of a sealed run. */
export const reportOf = async ({ archive }: Pick<World, "archive">, run: RunId): Promise<Report | undefined> => {
  const bytes = await archive.read(run, REPORT);
  return bytes === "absent" ? undefined : reportIn(bytes);
};

const REPORT = "report.json";

const reportIn = (bytes: Uint8Array | undefined): Report | undefined => {
  if (bytes === undefined) return undefined;
  try {
    const read = reportSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
};
