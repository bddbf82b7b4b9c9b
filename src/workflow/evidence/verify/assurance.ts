import { hasBit, MAY_BE_COPIED, PRESENT, VERIFIED } from "./flags.ts";
import type { Reading } from "./reading.ts";
import type { Level } from "./records.ts";
import { readSshSignature, type SshSignature } from "./ssh-signature.ts";

export const LEVELS = ["A0", "A1", "A2", "A3"] as const;

/** Whether a level is at least another. */
export const isAtLeast = (level: Level, minimum: Level): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf(minimum);

/** The level that a signature has by its flags. */
export const levelBy = ({ flags }: Pick<SshSignature, "flags">): Level =>
  hasBit(flags, PRESENT) && hasBit(flags, VERIFIED) && !hasBit(flags, MAY_BE_COPIED) ? "A3" : "A2";

/** The level that one record really has: by its signature, or by how its words came where there is none. */
export const levelOf = (
  { files }: Pick<Reading, "files">,
  { file, record }: Reading["records"]["approvals"][number],
): Level | undefined => {
  const method = record?.predicate.approver.method;
  if (method === undefined) return undefined;
  if (method !== "sshsig") return method === "tty" ? "A1" : "A0";
  const armored = files.get(`${file}.sig`);
  return levelBy({ flags: armored === undefined ? undefined : readSshSignature(armored)?.flags });
};

/** A quorum is as sure as the least sure of its records. */
export const lowestLevel = (reading: Reading): Level | undefined =>
  reading.records.approvals
    .flatMap((approval) => levelOf(reading, approval) ?? [])
    .toSorted((a, b) => LEVELS.indexOf(a) - LEVELS.indexOf(b))[0];
