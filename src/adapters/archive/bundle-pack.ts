import { tarEnd, tarHeader, tarPadding } from "../../workflow/evidence/ustar.ts";
import { isPacked, type ManifestFile } from "./bundle-manifest.ts";
import { sealedBytes } from "./sealed-files.ts";

/** The small files of a sealed folder as one tar: sorted, owner 0, the time of the seal. Same bundle, same bytes. */
export async function* packOf(
  folder: string,
  files: readonly ManifestFile[],
  sealedAtSeconds: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files.filter(isPacked)) {
    yield tarHeader({ path: file.name, size: file.size, atSeconds: sealedAtSeconds });
    yield* sealedBytes(folder, file);
    yield tarPadding(file.size);
  }
  yield tarEnd();
}
