import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { sealedOf } from "../test/fixtures/sample-bundle.ts";
import { sampleWorld } from "../test/fixtures/sample-run.ts";
import { count, ratio, timed } from "./measure.ts";

const ARTIFACT_BYTES = 2 ** 30;
const MIB_MAX = 128;
const ROUNDS = 5;
const BIN = path.join(import.meta.dirname, "..", "bin", "cto.mjs");
// Not maxRSS: that begins with what this process held when it started the other.
const PEAK = `import { readFileSync } from "node:fs";
process.on("exit", () => console.error(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]));
process.argv.splice(1, 0, ${JSON.stringify(BIN)});
await import(${JSON.stringify(BIN)});`;

/** `cto verify` of a bundle with an artifact of 1 GiB against `sha256sum` of that artifact, and the most memory it took. */
export const artifactRows = (): readonly boolean[] => {
  const folder = mkdtempSync(path.join(tmpdir(), "cto-bench-artifact-"));
  const world = sampleWorld();
  try {
    const bundle = path.join(folder, "R-049-01");
    const artifact = new Uint8Array(ARTIFACT_BYTES).fill(1);
    for (let at = 0; at < ARTIFACT_BYTES; at += 4096) artifact[at] = at / 4096 / 7;
    const given = new Map(world.given).set("backend/artifact.bin", artifact);
    for (const [name, bytes] of sealedOf(world.record, given)) {
      mkdirSync(path.dirname(path.join(bundle, name)), { recursive: true });
      writeFileSync(path.join(bundle, name), bytes);
    }
    const trust = path.join(folder, "allowed_signers");
    writeFileSync(trust, world.allowedSigners);
    const tar = path.join(folder, "R-049-01.tar");
    execFileSync("/usr/bin/tar", ["-c", "-f", tar, "-C", folder, "R-049-01"]);
    const sums = timed(ROUNDS, "/usr/bin/sha256sum", [path.join(bundle, "backend/artifact.bin")]);
    const places = [
      ["a folder", bundle],
      ["a tar", tar],
    ] as const;
    return places.map(([what, place]) => {
      const ours = timed(ROUNDS, process.execPath, [BIN, "verify", place, "--trust", trust]);
      const peak = peakMib(["verify", place, "--trust", trust]);
      const fits = count(`memory of cto verify of ${what} with 1 GiB`, peak, MIB_MAX, "MiB");
      return ratio(`cto verify of ${what} with 1 GiB, and sha256sum of it`, ours, sums, 1.2) && fits;
    });
  } finally {
    world.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

const peakMib = (args: readonly string[]): number => {
  const said = execFileSync(
    "/bin/sh",
    ["-c", 'exec "$0" "$@" 2>&1 >/dev/null', process.execPath, "--input-type=module", "-e", PEAK, "--", ...args],
    { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } },
  );
  return Number(said.trim().split("\n").at(-1)) / 1024;
};
