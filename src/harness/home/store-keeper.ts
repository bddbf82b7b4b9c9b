import type { StoreService } from "../../workflow/home-services.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import type { FormatGround } from "./check-formats.ts";

/** The ledger of one home as a thing that is looked after: opened by nobody meanwhile. */
export interface StoreKeeper {
  /** Brings it to the schema of this program; 0 is where there was none. */
  migrate(): Promise<Migrated>;
  /** Copies it to another place and leads the home there. */
  copyTo(to: StoreService): Promise<Result<CopiedStore, Refusal>>;
  /** Where the forms of the home say which they are. */
  readonly formats: FormatGround;
}

export interface Migrated {
  readonly place: string;
  readonly from: number;
  readonly to: number;
}

export interface CopiedStore {
  readonly from: string;
  readonly to: string;
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly size: number;
  readonly rootHash: string;
}
