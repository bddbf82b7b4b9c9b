import { execFileSync } from "node:child_process";
import path from "node:path";

import { makeGround } from "../test/journeys/ground.ts";
import { fillRuns } from "./surface-fill.ts";

export interface Home {
  readonly home: string;
  close(): Promise<void>;
}

/** What `cto demo` leaves, and its accepted run. */
export const demoHome = async (folder: string): Promise<Home & { readonly run: string }> => {
  const cto = path.join(import.meta.dirname, "..", "bin/cto.mjs");
  const said = execFileSync(process.execPath, [cto, "demo", "--dir", folder, "--keep", "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { home, run } = JSON.parse(said) as { readonly home: string; readonly run: string };
  return { home, run, close: () => Promise.resolve() };
};

/** A home with so many runs in its store. */
export const homeOfRuns = async (runs: number): Promise<Home> => {
  const ground = await makeGround();
  const world = await ground.open();
  await fillRuns(world, runs);
  await world.store.close();
  return ground;
};
