import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import type { DoctorCheck } from "../objects/doctor.ts";
import type { World } from "../world.ts";

/** What a Control Surface is started with. */
interface ServeOrder {
  /** Opened for reading, without the variables that open gates. */
  readonly world: World;
  /** Opens the home once more, for one write; "read-only" where there is none. */
  readonly openToWrite: (() => Promise<World>) | "read-only";
  /** Looks at this machine and this home now, as `cto doctor` does; each one starts sandboxes. */
  readonly examine: () => Promise<readonly DoctorCheck[]>;
  /** 0 takes any free one. */
  readonly port: number;
  /** Is told what goes wrong in the server itself, one line each. */
  readonly tell: (line: string) => void;
}

/** A Control Surface that answers. */
export interface Served {
  /** With the token of this start behind its `#`. */
  readonly url: string;
  readonly port: number;
  /** Address of the manual; "none" where none was built. */
  readonly manual: string;
  /** Ends it within `surfaceEndMs`, whatever its clients do, and what a replay needs to be ended. */
  close(): Promise<void>;
}

export type Serve = (order: ServeOrder) => Promise<Result<Served, Refusal>>;
