import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { promisify } from "node:util";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isAlive, livingOfUid, livingWithWord, signal, statNow } from "./processes.ts";
import { ownNamespace } from "./started-record.ts";

/** A uid of the host that one stage has for itself. */
export interface Slot {
  readonly uid: number;
  /** Of this claim alone: an argument of what is started under the uid, so that it can be told after a kill. */
  readonly mark: string;
  release(): Promise<void>;
}

/** The first free slot of `uidBase`. Only root takes slots: a plain user's stages keep that user's uid. */
export const takeSlot = (uidBase: number, folder: string = SLOTS_FOLDER): Promise<Slot> => {
  // Within this process one after the other; `lastTaken` never rejects.
  const taken = lastTaken.then(() => takeInRounds(uidBase, folder));
  lastTaken = taken.catch(() => undefined);
  return taken;
};

let lastTaken: Promise<unknown> = Promise.resolve();

// Processes that claim at the same moment all step back, so each comes again after a wait of its own length.
const takeInRounds = async (uidBase: number, folder: string): Promise<Slot> => {
  await ownFolder(folder);
  for (let round = 1; ; round += 1) {
    const found = await takeOnce(uidBase, folder);
    if (typeof found !== "string") return found;
    if (round === ROUNDS) throw new Failure("sandbox/broken", `no uid is free for a stage; ${found}`, { retry: true });
    await new Promise((resolve) => setTimeout(resolve, randomInt(5, 50)));
  }
};

const ROUNDS = 20;

const takeOnce = async (uidBase: number, folder: string): Promise<Slot | string> => {
  const tried: string[] = [];
  for (let slot = 0; slot < LIMITS.sandboxSlots; slot += 1) {
    const uid = uidBase + slot;
    const claim = await claimOf(folder, uid);
    const objection = await objectionTo(folder, uid, claim);
    if (objection === undefined)
      return { uid, mark: markOf(claim), release: () => rm(`${folder}/${claim}`, { force: true }) };
    await rm(`${folder}/${claim}`, { force: true });
    tried.push(`${uid}: ${objection}`);
  }
  return tried.join("; ");
};

// The same for every process of the host, whatever its TMPDIR is.
export const SLOTS_FOLDER = "/run/cto-harness-slots";

const ownFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { mode: 0o700, recursive: true });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0)
    throw new Failure("sandbox/broken", `${folder} is not a private folder of this user`);
};

// A claim is a file whose name no other claim has: uid, holder's pid, start time and pid namespace, chance. A dead holder's
// claim keeps nobody out, so nobody ever has to take one over, and two who remove the same one do no harm.
const claimOf = async (folder: string, uid: number): Promise<string> => {
  const start = statNow(process.pid)?.start ?? "0";
  const claim = `${uid}.${process.pid}.${start}.${ownNamespace()}.${randomBytes(12).toString("hex")}`;
  await (await open(`${folder}/${claim}`, "wx", 0o600)).close();
  return claim;
};

const markOf = (claim: string): string => claim.slice(claim.lastIndexOf(".") + 1);

// Everybody claims first and looks second, so of two that claim at once at least one sees the other and steps back.
const objectionTo = async (folder: string, uid: number, own: string): Promise<string | undefined> => {
  if (await hasAccount(uid)) return "has an account on this host";
  const dead: string[] = [];
  for (const claim of await readdir(folder)) {
    if (claim === own || !claim.startsWith(`${uid}.`)) continue;
    const [, pid, start] = claim.split(".");
    if (isAlive({ pid: Number(pid), start: start ?? "" })) return `in use by process ${pid}`;
    dead.push(claim);
  }
  const left = endLeft(uid, dead);
  if (left > 0) return `${left} processes of a dead Harness are being ended`;
  const alive = livingOfUid(uid);
  if (alive.length > 0) return `has ${alive.length} living processes`;
  // While anything of the uid lives, the claims tell what is ours.
  for (const claim of dead) await rm(`${folder}/${claim}`, { force: true });
  return undefined;
};

// bubblewrap's first process waits for its parent before it binds its life to it, and takes the end of what holds it for
// leave to go on. A kill of the Harness then leaves it, and with it the uid, for ever. Answers how many were left.
const endLeft = (uid: number, claims: readonly string[]): number => {
  const marks = claims.filter((claim) => claim.split(".")[3] === ownNamespace()).map(markOf);
  const left = livingWithWord(new Set(marks));
  if (left.length === 0) return 0;
  const ofUid = new Set(livingOfUid(uid).map(({ pid }) => pid));
  // Who is still on the way to the uid is ended once it is there.
  for (const one of left) if (ofUid.has(one.pid)) signal(one, "SIGKILL", "process");
  return left.length;
};

// Accounts come and go in days; a run opens its stages in seconds.
const FRESH_MS = 60_000;
const freeOfAccount = new Map<number, number>();

const hasAccount = async (uid: number): Promise<boolean> => {
  if (performance.now() < (freeOfAccount.get(uid) ?? 0)) return false;
  try {
    await promisify(execFile)("/usr/bin/getent", ["passwd", String(uid)], { env: {} });
    return true;
  } catch (error) {
    // getent answers 2 for "no such key"; any other trouble is no proof that the uid is free.
    if (!(error instanceof Error && "code" in error && error.code === 2))
      throw new Failure("sandbox/broken", `getent cannot tell whether uid ${uid} has an account`, { cause: error });
    freeOfAccount.set(uid, performance.now() + FRESH_MS);
    return false;
  }
};
