import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const HERE = import.meta.dirname;
const INSTALL_TIMEOUT_MS = 600_000;

/** The exact versions of bench/peers/package.json; what npm said where they cannot be had. Nothing of them runs. */
export const installPeers = (): string | undefined => {
  const wanted = peerVersions();
  if (Object.entries(wanted).every(([name, version]) => installed(name) === version)) return undefined;
  process.stdout.write("  npm ci in bench/peers\n");
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status, stderr, error } = spawnSync("npm", options, {
    cwd: HERE,
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status === 0) return undefined;
  return error?.message ?? /npm error (.*)/.exec(stderr)?.[1] ?? "npm ci failed";
};

/** Package and exact version of each peer. */
export const peerVersions = (): Readonly<Record<string, string>> =>
  (JSON.parse(readFileSync(path.join(HERE, "package.json"), "utf8")) as Manifest).dependencies;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const installed = (name: string): string | undefined => {
  const manifest = path.join(HERE, "node_modules", name, "package.json");
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, "utf8")) as Manifest).version : undefined;
};
