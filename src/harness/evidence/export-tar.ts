import { digestOf } from "../../workflow/digest.ts";
import { exportText } from "../../workflow/evidence/controls/export-text.ts";
import { jsonFile } from "../../workflow/evidence/json-file.ts";
import { tarEnd, tarHeader, tarPadding } from "../../workflow/evidence/ustar.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { World } from "../world.ts";
import type { Exported } from "./export-controls.ts";
import { laterRecords } from "./later-records.ts";

/**
 * The export as one tar, piece by piece: SHA256SUMS, the export as JSON and as text, the population, each outcome and
 * signed withdrawal, and every bundle below `bundles/`. Sorted by name, without times: the same home makes the same bytes.
 */
export async function* exportTar(world: World, { report, files }: Exported): AsyncGenerator<Uint8Array> {
  const drawn = new Map<string, Uint8Array>([
    ["export.json", bytesOf(jsonFile(report))],
    ["export.txt", bytesOf(`${exportText(report)}\n`)],
    ["population.json", bytesOf(jsonFile({ schema: "cto/population/v1", runs: report.population }))],
  ]);
  for (const run of new Set(files.map((file) => file.run)))
    for (const [kind, { record, signature }] of Object.entries(await laterRecords(world, run))) {
      drawn.set(`outcomes/${run}.${kind}.json`, record);
      if (signature !== "absent") drawn.set(`outcomes/${run}.${kind}.json.sig`, signature);
    }
  const bundled = new Map(files.map((file) => [`bundles/${file.run}/${file.name}`, file]));
  const sums = [
    ...[...drawn].map(([path, bytes]) => [path, digestOf(bytes)] as const),
    ...[...bundled].map(([path, { sha256 }]) => [path, sha256] as const),
  ].sort(byName);
  drawn.set("SHA256SUMS", bytesOf(sums.map(([path, sha256]) => `${sha256}  ${path}\n`).join("")));

  let open: { readonly run: RunId; readonly files: ReadonlyMap<string, Uint8Array> } | undefined;
  for (const path of [...drawn.keys(), ...bundled.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const own = drawn.get(path);
    const file = bundled.get(path);
    let bytes = own;
    if (file !== undefined) {
      if (open?.run !== file.run) {
        const bundle = await world.archive.open({ run: file.run });
        open = { run: file.run, files: bundle === "absent" ? new Map() : bundle.files };
      }
      bytes = open.files.get(file.name);
      if (bytes === undefined)
        throw new Failure("evidence/not-exported", `${path} is too large to be held, or it is not there any more.`);
      if (digestOf(bytes) !== file.sha256)
        throw new Failure("evidence/not-exported", `${path} was changed while it was exported.`);
    }
    if (bytes === undefined) continue;
    yield tarHeader({ path: `${FOLDER}/${path}`, size: bytes.length });
    yield bytes;
    yield tarPadding(bytes.length);
  }
  yield tarEnd();
}

/** What the tar unpacks to. */
const FOLDER = "cto-audit-export";

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
