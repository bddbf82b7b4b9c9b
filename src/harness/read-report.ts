import { reportSchema, type Report } from "../workflow/evidence/schemas/report.ts";

/** report.json of a bundle, or undefined where it is missing or of another form. Reading proves nothing. */
export const readReport = (files: ReadonlyMap<string, Uint8Array>): Report | undefined => {
  const bytes = files.get("report.json");
  if (bytes === undefined) return undefined;
  try {
    const read = reportSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
};
