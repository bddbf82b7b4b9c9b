import type { HomeBackup } from "../../workflow/home-backup.ts";

export interface BackupOrder {
  /** The home that is named; left out, the nearest parent of `cwd`. */
  readonly home: string | undefined;
  readonly cwd: string;
  readonly file: string;
  readonly privateKeys: HomeBackup["privateKeys"];
}

export interface BackupView {
  readonly file: string;
  readonly bytes: number;
  readonly backup: HomeBackup;
}

export interface RestoreOrder {
  readonly cwd: string;
  readonly file: string;
  readonly folder: string;
  /** The home that this one takes the place of: what it has spent stays spent. */
  readonly instead: string | undefined;
  /** What to do where something speaks of records that the backup does not have. */
  readonly newer: "refuse" | "lose";
}

export interface RestoreView {
  readonly folder: string;
  readonly backup: HomeBackup;
  /** Bundles that were verified. */
  readonly bundles: number;
  /** What happened after the backup and is not in it, as far as anything here speaks of it. */
  readonly lost: readonly string[];
}
