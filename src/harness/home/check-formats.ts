import { parseDocument } from "yaml";

import type { Archive } from "../../seams/archive.ts";
import type { DocumentKind, Home } from "../../seams/home.ts";
import { isJsonObject } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { FORMATS, type FormatVersion } from "../../workflow/formats.ts";
import { SERVICES_PATH } from "../../workflow/home-services.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { NOTIFY_PATH } from "../../workflow/notify-policy.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";

/** What a home holds of one form, and what this version does with it; the first place is an example. */
export interface FormatFound extends FormatVersion {
  readonly files: number;
  readonly place: string;
}

/** The places of a home that say which form they have, without opening its ledger. */
export interface FormatGround {
  readonly home: Home;
  readonly archive: Pick<Archive, "sealedRuns" | "peek">;
  /** The schema of the ledger as it lies there, and the newest that this version knows. */
  readonly ledgerSchema: () => Promise<{ readonly place: string; readonly found: number; readonly known: number }>;
}

interface Seen {
  readonly format: string;
  readonly place: string;
}

/** Every versioned form of a home. What is unknown, or cannot be read, is told like the rest. */
export const checkFormats = async (ground: FormatGround): Promise<readonly FormatFound[]> => {
  const seen = [...(await documentsOf(ground.home)), ...(await bundlesOf(ground.archive))];
  const byFormat = Map.groupBy(seen, ({ format }) => format);
  const rows = [...byFormat].map(([format, places]) => ({
    ...(FORMATS.find((known) => known.format === format) ?? { format, reads: false, writes: false }),
    files: places.length,
    place: places[0]?.place ?? "",
  }));
  const order = new Map(FORMATS.map(({ format }, at) => [format, at]));
  const at = ({ format }: FormatFound): number => order.get(format) ?? FORMATS.length;
  return [await ledgerOf(ground), ...rows.toSorted((a, b) => at(a) - at(b) || (a.format < b.format ? -1 : 1))];
};

const ledgerOf = async ({ ledgerSchema }: FormatGround): Promise<FormatFound> => {
  try {
    const { place, found, known } = await ledgerSchema();
    return { format: `ledger schema ${found}`, reads: found <= known, writes: found === known, files: 1, place };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { format: `ledger: ${error.code}`, reads: false, writes: false, files: 1, place: error.message };
  }
};

const KINDS: readonly DocumentKind[] = ["admission", "checks"];
const SINGLE = [POLICY_PATH, SERVICES_PATH, NOTIFY_PATH];

const documentsOf = async (home: Home): Promise<readonly Seen[]> => {
  const seen: Seen[] = [];
  for (const kind of KINDS)
    for (const { path, bytes } of await home.list(kind)) seen.push({ format: formatIn(path, bytes), place: path });
  for (const path of SINGLE) {
    const source = await home.read(path);
    if (source !== "absent") seen.push({ format: formatIn(path, source.bytes), place: path });
  }
  return seen;
};

const bundlesOf = async (archive: FormatGround["archive"]): Promise<readonly Seen[]> => {
  const seen: Seen[] = [];
  for (const run of await archive.sealedRuns()) {
    const place = `.cto/runs/${run}`;
    const manifest = await archive.peek(run, "bundle", "bundle.json", LIMITS.homeFileBytesMax);
    const read = manifest === "absent" ? undefined : jsonIn(manifest);
    seen.push({ format: named(read) ?? UNREADABLE, place: `${place}/bundle.json` });
    const files = isJsonObject(read) && Array.isArray(read["files"]) ? read["files"] : [];
    for (const file of files)
      if (isJsonObject(file) && typeof file["schema"] === "string")
        seen.push({
          format: file["schema"],
          place: `${place}/${typeof file["path"] === "string" ? file["path"] : ""}`,
        });
  }
  return seen;
};

const UNREADABLE = "unreadable";

const formatIn = (path: string, bytes: Uint8Array): string => {
  const read = path.endsWith(".json") ? jsonIn(bytes) : yamlIn(bytes);
  const version = isJsonObject(read) ? read["schemaVersion"] : undefined;
  if (typeof version === "number") return `${path.split("/").at(-1) ?? path} v${version}`;
  return named(read) ?? UNREADABLE;
};

const named = (read: unknown): string | undefined => {
  const schema = isJsonObject(read) ? read["schema"] : undefined;
  return typeof schema === "string" ? schema : undefined;
};

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};

// Only the first member's value is wanted: no alias is followed.
const yamlIn = (bytes: Uint8Array): unknown => {
  if (bytes.length > LIMITS.policyBytesMax) return undefined;
  const document = parseDocument(new TextDecoder().decode(bytes), { strict: true });
  return document.errors.length > 0 ? undefined : { schema: document.get("schema") };
};
