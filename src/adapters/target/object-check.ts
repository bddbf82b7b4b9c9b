import { createHash } from "node:crypto";
import { lstat } from "node:fs/promises";
import path from "node:path";

import type { Oid } from "../../workflow/ids.ts";
import { git } from "./git.ts";

/**
 * The first of these objects that is there and is not what its name says. Git trusts the name of an object that it
 * already has, so a planted one would be taken for ours. What is not there yet is in order.
 */
export const damagedObject = async (gitDir: string, objects: readonly Oid[]): Promise<Oid | undefined> => {
  const answer = await git(gitDir, ["cat-file", "--batch"], { input: `${objects.join("\n")}\n`, answers: [128] });
  const output = Buffer.from(answer.stdout);
  let at = 0;
  for (const oid of objects) {
    const end = output.indexOf("\n", at);
    const header = end < 0 ? "" : output.toString("latin1", at, end);
    at = end + 1;
    if (header === `${oid} missing`) {
      if (await hasLooseFile(gitDir, oid)) return oid;
      continue;
    }
    const [, kind, size] = /^[0-9a-f]{40} (\w+) (\d+)$/.exec(header) ?? [];
    if (kind === undefined || size === undefined) return oid;
    const content = output.subarray(at, at + Number(size));
    const digest = createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
    if (digest !== oid) return oid;
    at += content.length + 1;
  }
  return undefined;
};

const hasLooseFile = (gitDir: string, oid: Oid): Promise<boolean> =>
  lstat(path.join(gitDir, "objects", oid.slice(0, 2), oid.slice(2))).then(
    () => true,
    () => false,
  );
