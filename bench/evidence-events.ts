import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { nodeVerifyTools } from "../src/adapters/archive/verify-tools.ts";
import { systemClock } from "../src/adapters/clock/system-clock.ts";
import { ownKeys } from "../src/adapters/keys/harness-key.ts";
import { openStore } from "../src/adapters/store/kysely-store.ts";
import { lookedFor, redactorOf } from "../src/harness/backend/redactor.ts";
import { openRecorder } from "../src/harness/run/recorder.ts";
import type { Store } from "../src/seams/store.ts";
import type { BundleManifest } from "../src/workflow/evidence/schemas/bundle.ts";
import { checkCheckpoints } from "../src/workflow/evidence/verify/check-checkpoints.ts";
import { checkEvents } from "../src/workflow/evidence/verify/check-events.ts";
import { readBundle } from "../src/workflow/evidence/verify/reading.ts";
import { workId, type RunId } from "../src/workflow/ids.ts";
import { LIMITS } from "../src/workflow/limits.ts";
import { signerLineOf } from "../src/workflow/own-keys.ts";
import type { RunEvent } from "../src/workflow/run-events.ts";
import { median, ratio } from "./measure.ts";

const EVENTS = 10_000;
const ROUNDS = 5;

/** A log of 10,000 events: recorded with its checkpoints, and verified, against the bare writing and reading of its bytes. */
export const eventRows = async (): Promise<readonly boolean[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-events-"));
  try {
    const sealed = [];
    for (let round = 0; round < ROUNDS; round += 1) sealed.push(await seal(path.join(folder, `home-${round}`)));
    const last = sealed.at(-1);
    if (last === undefined) throw new Error("no round was taken");
    const log = path.join(folder, "events.normalized.jsonl");
    await writeFile(log, last.log);
    const plain = sealed.map(({ log: bytes }) => writtenPlainly(path.join(folder, "plain"), bytes));
    const verified = [];
    const read = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      verified.push(await verify(log, last));
      read.push(await readPlainly(log));
    }
    process.stdout.write(`${EVENTS} events, ${(last.log.length / 1e6).toFixed(1)} MB, ${last.notes} checkpoints\n`);
    return [
      ratio("sealing them, durable with checkpoints", median(sealed.map(({ ms }) => ms)), median(plain), 3),
      ratio("verifying them, chain, tree and checkpoints", median(verified), median(read), 1.5),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Sealed {
  readonly run: string;
  readonly log: Uint8Array;
  readonly note: string;
  readonly notes: number;
  readonly signers: string;
  readonly ms: number;
}

/** Records the events as a run does, written in batches as large as a checkpoint covers, and then their file. */
const seal = async (home: string): Promise<Sealed> => {
  const clock = systemClock();
  await mkdir(home, { mode: 0o700 });
  const own = ownKeys(home);
  await own.make();
  const signer = await own.noteSigner();
  const store = await openStore(path.join(home, "ledger.db"), {
    homeId: clock.newId(),
    now: () => clock.now(),
    signer: () => own.noteSigner(),
  });
  const run = await openRun(store);
  const redactor = redactorOf({
    ...lookedFor({ MODEL_KEY: "a-key-of-a-model-provider" }, "unread"),
    kept: [],
    keep: () => undefined,
    salt: () => clock.newNonce(),
  });
  const host = "0".repeat(64);
  const recorder = await openRecorder({ run, host, store, clock, signer, redactor, onLine: () => undefined });
  const events = Array.from({ length: EVENTS }, (_, at) => eventAt(at));
  const started = performance.now();
  for (const [at, event] of events.entries()) {
    recorder.record(event);
    if (at % LIMITS.checkpointLines === LIMITS.checkpointLines - 1) await recorder.flush();
  }
  recorder.record({ type: "run.finished", subject: "run", trust: "harness-observed", data: { result: "voided" } });
  const note = recorder.note();
  await recorder.flush();
  const log = Buffer.from(
    recorder
      .lines()
      .map((line) => `${line}\n`)
      .join(""),
  );
  writtenAtOnce(path.join(home, "events.normalized.jsonl"), log);
  writtenAtOnce(path.join(home, "events.checkpoint"), Buffer.from(note));
  const ms = performance.now() - started;
  await store.close();
  const notes = recorder.lines().filter((line) => line.includes("cto.evidence.checkpointed.v1")).length;
  return { run, log, note, notes, signers: `${signerLineOf(await own.publicKey("harness"))}\n`, ms };
};

const openRun = (store: Store): Promise<RunId> =>
  store.transact(async (ledger) => {
    const work = workId("CTO-WORK-049");
    if (work === undefined) throw new TypeError("this is a work id");
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };
    const opened = await ledger.openRun({
      kind: "execute",
      work,
      targetId: "t",
      ofRun: null,
      orderedAt: "2026-06-01T10:00:00.000Z",
      epochSeconds: 1,
      holder,
      summary: {},
    });
    if ("locked" in opened) throw new Error("a fresh ledger holds no run");
    return opened.run;
  });

/** About 690 bytes as a line, of the kinds that a run is full of. */
const eventAt = (at: number): RunEvent =>
  at % 3 === 0
    ? {
        type: "tool.finished",
        subject: `tool/c${at}`,
        trust: "agent-claimed",
        data: {
          callId: `c${at}`,
          status: "ok",
          raw: { file: "backend/frames.jsonl", line: at },
          output: words(at, 10),
        },
      }
    : {
        type: "message.recorded",
        subject: `turn/${at}`,
        trust: "agent-claimed",
        data: { role: "agent", raw: { file: "backend/frames.jsonl", line: at }, text: words(at, 12) },
      };

const words = (from: number, count: number): string =>
  Array.from({ length: count }, (_, at) => `said "${from + at}"`).join(", ");

/** The same bytes with nothing but one fsync for as many lines as a checkpoint covers. */
const writtenPlainly = (file: string, log: Uint8Array): number => {
  const lines = Buffer.from(log).toString("utf8").split("\n").slice(0, -1);
  const started = performance.now();
  const handle = openSync(file, "w");
  for (let at = 0; at < lines.length; at += LIMITS.checkpointLines) {
    const some = lines.slice(at, at + LIMITS.checkpointLines);
    writeSync(handle, some.map((line) => `${line}\n`).join(""));
    fsyncSync(handle);
  }
  closeSync(handle);
  return performance.now() - started;
};

const writtenAtOnce = (file: string, bytes: Uint8Array): void => {
  const handle = openSync(file, "w");
  writeSync(handle, bytes);
  fsyncSync(handle);
  closeSync(handle);
};

/** From the file to the verdict on chain, tree and every checkpoint. */
const verify = async (file: string, { run, note, signers }: Sealed): Promise<number> => {
  const started = performance.now();
  const manifest = Buffer.from(JSON.stringify({ run }));
  const files = new Map<string, Uint8Array>([
    ["events.normalized.jsonl", await readFile(file)],
    ["events.checkpoint", Buffer.from(note)],
    ["bundle.json", manifest],
  ]);
  const reading = await readBundle(files, [], { allowedSigners: Buffer.from(signers) }, nodeVerifyTools);
  const of = { ...reading, manifest: { run } as BundleManifest };
  const checks = [...(await checkEvents(of)), ...(await checkCheckpoints(of))];
  const ms = performance.now() - started;
  const wrong = checks.find(({ verdict }) => verdict !== "PASS");
  if (wrong !== undefined) throw new Error(`${wrong.id}: ${wrong.says}`);
  return ms;
};

const readPlainly = async (file: string): Promise<number> => {
  const started = performance.now();
  execFileSync("/usr/bin/sha256sum", [file], { stdio: "ignore" });
  const lines = (await readFile(file, "utf8")).split("\n");
  for (const line of lines) if (line !== "") JSON.parse(line);
  return performance.now() - started;
};
