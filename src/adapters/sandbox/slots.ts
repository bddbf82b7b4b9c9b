import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isAlive, livingOfUid, livingWithWord, signal, statNow } from "./processes.ts";
import { ownNamespace } from "./started-record.ts";

/** A uid of the host that one stage has for itself. */
export interface Slot {
  readonly uid: number;
  /** Of this claim alone: an argument of each outer sandbox under the uid, so that it can be told after a kill. */
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
    await pause(randomInt(5, 50));
  }
};

const ROUNDS = 20;

const takeOnce = async (uidBase: number, folder: string): Promise<Slot | string> => {
  const tried: string[] = [];
  for (let slot = 0; slot < LIMITS.sandboxSlots; slot += 1) {
    const uid = uidBase + slot;
    const claim = await claimOf(folder, uid);
    const release = (): Promise<void> => rm(`${folder}/${claim.name}`, { force: true });
    try {
      const objection = await objectionTo(folder, uid, claim.name);
      if (objection === undefined) return { uid, mark: claim.mark, release };
      tried.push(`${uid}: ${objection}`);
    } catch (error) {
      await release();
      throw error;
    }
    await release();
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

// A claim is a file whose name no other claim has: uid, holder's pid, start time and pid namespace, and its mark. That of a
// dead holder keeps the uid only while something lives that bears its mark, so nobody ever has to take a claim over, and
// two who remove the same one do no harm.
const claimOf = async (folder: string, uid: number): Promise<{ readonly name: string; readonly mark: string }> => {
  const start = statNow(process.pid)?.start;
  if (start === undefined) throw new Failure("sandbox/broken", "this process cannot read when it was started");
  const mark = randomBytes(12).toString("hex");
  const name = `${uid}.${process.pid}.${start}.${ownNamespace()}.${mark}`;
  await (await open(`${folder}/${name}`, "wx", 0o600)).close();
  return { name, mark };
};

// Everybody claims first and looks second, so of two that claim at once at least one sees the other and steps back.
const objectionTo = async (folder: string, uid: number, own: string): Promise<string | undefined> => {
  const dead: string[] = [];
  for (const claim of await readdir(folder)) {
    if (claim === own || !claim.startsWith(`${uid}.`)) continue;
    const [, pid, start] = claim.split(".");
    if (isAlive({ pid: Number(pid), start: start ?? "" })) return `in use by process ${pid}`;
    dead.push(claim);
  }
  if (await hasAccount(uid)) return "has an account on this host";
  const living = livingUnder(uid, dead);
  if (dead.length === 0 || living !== undefined) return living;
  // One that is just becoming another program shows no arguments.
  await pause(LOOK_AGAIN_MS);
  const later = livingUnder(uid, dead);
  if (later === undefined) for (const claim of dead) await rm(`${folder}/${claim}`, { force: true });
  return later;
};

const LOOK_AGAIN_MS = 50;

const livingUnder = (uid: number, dead: readonly string[]): string | undefined => {
  const left = endLeft(uid, dead);
  if (left > 0) return `${left} processes of a dead Harness are being ended`;
  const alive = livingOfUid(uid);
  return alive.length > 0 ? `has ${alive.length} living processes` : undefined;
};

// bubblewrap's first process waits for its parent before it binds its life to it, and takes the end of what holds it for
// leave to go on. A kill of the Harness then leaves it, and with it the uid, for ever. Answers how many were left.
const endLeft = (uid: number, dead: readonly string[]): number => {
  const marks = dead.flatMap((claim) => {
    const [, namespace, mark] = MARKED.exec(claim) ?? [];
    return mark !== undefined && namespace === ownNamespace() ? [mark] : [];
  });
  // Root is on the way to the uid, and is ended by whoever looks once it is there.
  const left = livingWithWord([uid, 0], marks);
  const ofUid = new Set(left.length === 0 ? [] : livingOfUid(uid).map(({ pid }) => pid));
  for (const one of left) if (ofUid.has(one.pid)) signal(one, "SIGKILL", "process");
  return left.length;
};

const MARKED = /^\d+\.\d+\.\d+\.(\d+)\.([0-9a-f]{24})$/;

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
