import type { Archive } from "../../seams/archive.ts";
import type { ArchiveService } from "../../workflow/home-services.ts";
import { folderArchive } from "./folder-archive.ts";
import { s3ObjectStore } from "./object-store.ts";
import { s3Archive, type S3ArchiveOptions } from "./s3-archive.ts";

interface ArchiveGround extends Omit<S3ArchiveOptions, "store"> {
  /** Where the keys of a bucket come from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The archive that services.json names: sealed folders in the home, with a bucket behind them or without. */
export const archiveOf = (service: ArchiveService, { environment, ...ground }: ArchiveGround): Archive =>
  service.kind === "folder"
    ? folderArchive(ground.runs)
    : s3Archive({ ...ground, store: s3ObjectStore(service, environment) });
