import { engine } from "./engine.ts";
import { evidence } from "./evidence.ts";
import { firstRun } from "./first-run.ts";
import { help } from "./help.ts";
import { peers } from "./peers/peers.ts";
import { sandbox } from "./sandbox.ts";
import { surface } from "./surface.ts";

/** Each answers whether all its rows hold; in the order in which they are told. */
export const SUITES: Readonly<Record<string, () => Promise<boolean>>> = {
  "first-run": firstRun,
  help,
  sandbox,
  evidence,
  surface,
  engine,
  peers,
};
