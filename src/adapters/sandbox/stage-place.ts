import type { StageFiles } from "../../seams/sandbox.ts";
import type { Launched } from "./launch.ts";
import type { WatchedLimit } from "./limit-watch.ts";
import type { ProcessId } from "./processes.ts";

/** Where the processes of a stage begin and its files stand: a folder of the host, or a sandbox around (levels B and A). */
export interface StagePlace {
  readonly files: StageFiles;
  /** One more sandbox of the same arguments, with this command in it. */
  launch(command: readonly string[]): Promise<Launched>;
  /** The limit of the scratch that is passed, if one is. `living` are the processes of the stage. */
  passed(living: readonly ProcessId[]): Promise<WatchedLimit | undefined>;
  /** Pid namespaces that stand before anything is started, with their first processes. */
  readonly namespaces: ReadonlyMap<string, ProcessId>;
  /** Processes of ours that hold the place. */
  readonly keepers: readonly ProcessId[];
  /** Ends them. */
  end(): Promise<void>;
}
