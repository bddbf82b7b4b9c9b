import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import type { AgentProfile } from "../../workflow/backend/agent-profile.ts";
import { parseDigest, type Digest } from "../../workflow/digest.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";

/** A profile's packages as they lie on this machine, at their pins. */
export interface InstalledAgent {
  /** Folder `node_modules`, without links on the way; what the profile calls ${AGENTS}. */
  readonly folder: string;
  readonly version: string;
  /** Over every file of the packages that the profile names; of what these depend on only the versions are theirs. */
  readonly sha256: Digest;
}

/** Looks at the packages; starts nothing. A version that is not the pin is refused, whatever it is. */
export const inspectAgent = async (
  profile: AgentProfile,
  packages: string | undefined,
): Promise<Result<InstalledAgent, Refusal>> => {
  const absent = (problem: string): Result<never, Refusal> =>
    refuse(refusal("backend/not-available", { kind: profile.kind, problem }));
  if (profile.package === undefined || profile.version === undefined)
    return absent(`profile ${profile.id} names no package: it is documented, and nobody has pinned it`);
  if (packages === undefined)
    return absent(`policy.yaml names no folder of packages for it, and CTO_HARNESS_AGENTS is not set`);
  if (!path.isAbsolute(packages)) return absent(`${packages} is not an absolute path`);
  const pins = Object.entries({ [profile.package]: profile.version, ...profile.also });
  const sum = createHash("sha256");
  try {
    const folder = await realpath(packages);
    if (((await stat(folder)).mode & 0o022) !== 0) return absent(`${folder} can be changed by other users`);
    for (const [name, pin] of pins) {
      const root = path.join(folder, name);
      const version = await versionIn(root);
      if (version === undefined) return absent(`${name} ${pin} is not installed in ${folder}`);
      if (version !== pin) return refuse(refusal("backend/not-the-pin", { profile: profile.id, name, pin, version }));
      sum.update(`${name}\0${version}\0`);
      await addFolder(sum, root);
    }
    const sha256 = parseDigest(sum.digest("hex"));
    if (sha256 === undefined) throw new TypeError("a digest that is none");
    return ok({ folder, version: profile.version, sha256 });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return absent(error instanceof Error ? error.message : "it cannot be read");
  }
};

const manifest = z.object({ version: z.string().max(100) });

const versionIn = async (root: string): Promise<string | undefined> => {
  const text = await readFile(path.join(root, "package.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifest.parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
};

// Names in order, each with its kind, length and bytes: no two folders can give the same sum by moving a border.
const addFolder = async (sum: ReturnType<typeof createHash>, folder: string): Promise<void> => {
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    const place = path.join(folder, name);
    const found = await lstat(place);
    if (found.isDirectory()) {
      sum.update(`d\0${name}\0`);
      await addFolder(sum, place);
      sum.update(`u\0`);
    } else if (found.isFile()) {
      sum.update(`f\0${name}\0${found.size}\0`);
      await pipeline(createReadStream(place), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) sum.update(chunk);
      });
    } else if (found.isSymbolicLink()) sum.update(`l\0${name}\0${await readlink(place)}\0`);
    else sum.update(`o\0${name}\0`);
  }
};
