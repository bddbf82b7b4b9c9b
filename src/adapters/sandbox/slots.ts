import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { appendFileSync } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isAlive, livingInSessions, livingOfUid, signal, statNow, type ProcessId } from "./processes.ts";
import { ownNamespace } from "./started-record.ts";

/** A uid of the host that one stage has for itself. */
export interface Slot {
  readonly uid: number;
  /** Writes down what was started under the uid, so that whoever comes after a kill can end what is left of it. */
  begun(monitor: ProcessId): void;
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
    const objection = (await heldByAnother(folder, claim)) ?? (await objectionTo(uid));
    const file = `${folder}/${claim}`;
    if (objection === undefined)
      return { uid, begun: (monitor) => writeDown(file, monitor), release: () => rm(file, { force: true }) };
    await rm(file, { force: true });
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

// A claim is a file whose name no other claim has: uid, holder's pid and start time, chance. A dead holder's claim is
// worth nothing, so nobody ever has to take one over, and two who remove the same one do no harm.
const claimOf = async (folder: string, uid: number): Promise<string> => {
  const start = statNow(process.pid)?.start ?? "0";
  const claim = `${uid}.${process.pid}.${start}.${randomBytes(8).toString("hex")}`;
  await (await open(`${folder}/${claim}`, "wx", 0o600)).close();
  return claim;
};

// Everybody claims first and looks second, so of two that claim at once at least one sees the other and steps back.
const heldByAnother = async (folder: string, own: string): Promise<string | undefined> => {
  const uid = own.slice(0, own.indexOf("."));
  for (const claim of await readdir(folder)) {
    if (claim === own || !claim.startsWith(`${uid}.`)) continue;
    const [, pid, start] = claim.split(".");
    if (isAlive({ pid: Number(pid), start: start ?? "" })) return `in use by process ${pid}`;
    // While something of it lives the claim says what that is.
    if (await isRidOf(`${folder}/${claim}`, Number(uid))) await rm(`${folder}/${claim}`, { force: true });
  }
  return undefined;
};

const writeDown = (claim: string, { pid, start }: ProcessId): void =>
  appendFileSync(claim, `${pid} ${start} ${ownNamespace()}\n`);

// bubblewrap's first process waits for its parent before it binds its life to it. A kill in that moment leaves it for ever.
const isRidOf = async (claim: string, uid: number): Promise<boolean> => {
  const text = await readFile(claim, "latin1").catch(() => "");
  const makers = text.split("\n").flatMap((line) => {
    const [pid, start = "", namespace] = line.split(" ");
    return namespace === ownNamespace() ? [{ pid: Number(pid), start }] : [];
  });
  const left = makers.length === 0 ? [] : livingInSessions(uid, makers);
  for (const one of left) signal(one, "SIGKILL", "process");
  return left.length === 0;
};

const objectionTo = async (uid: number): Promise<string | undefined> => {
  if (await hasAccount(uid)) return "has an account on this host";
  const alive = livingOfUid(uid);
  return alive.length > 0 ? `has ${alive.length} living processes` : undefined;
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
