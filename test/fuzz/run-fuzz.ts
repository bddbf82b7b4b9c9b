import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { KINDS } from "./kinds.ts";
import { randomOf } from "./random.ts";
import type { Found, Tried } from "./try-cases.ts";

// `npm run test:fuzz -- --cases 500000 --seed 1 --minutes 60`: inputs that strangers write, changed at random, against our
// readers and a plain one beside each. No crash, no hang, nothing accepted that the plain reader would refuse. Every case is
// made from seed, kind and index alone. With --state FILE it goes on where it was; a case that must never be is kept there.

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "60" },
    state: { type: "string" },
  },
});
const whole = (name: "cases" | "seed" | "minutes"): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} takes a whole number from 1`);
  return value;
};
const [cases, seed, minutes] = [whole("cases"), whole("seed"), whole("minutes")];

const BATCH = 500;
/** A single case that takes longer hangs. */
const HANGS_MS = 20_000;

interface Progress {
  done: number;
  accepted: number;
}
interface State {
  readonly seed: number;
  readonly kinds: Record<string, Progress>;
}

const readState = (): State => {
  const fresh = { seed, kinds: {} };
  if (values.state === undefined) return fresh;
  let text: string;
  try {
    text = readFileSync(values.state, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return fresh;
    throw error;
  }
  const state: State = JSON.parse(text);
  if (state.seed !== seed) throw new RangeError(`${values.state} is of --seed ${state.seed}`);
  return state;
};

const keepState = (state: State): void => {
  if (values.state === undefined) return;
  mkdirSync(path.dirname(path.resolve(values.state)), { recursive: true });
  writeFileSync(`${values.state}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${values.state}.new`, values.state);
};

/** Asks the thread for a batch; ends it where it stays at one case for too long. */
const batch = async (
  thread: Worker,
  at: Int32Array,
  asked: { readonly kind: string; readonly from: number; readonly to: number },
): Promise<Tried | Found> => {
  const answer = Promise.withResolvers<Tried | Found>();
  thread.once("message", answer.resolve);
  thread.once("error", answer.reject);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  thread.postMessage(asked);
  let [last, since] = [-1, performance.now()];
  const watch = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > HANGS_MS) {
      const fuzzed = KINDS.find(({ kind }) => kind === asked.kind);
      const bytes =
        fuzzed?.makeCase(randomOf(seed, asked.kind.length, asked.kind.charCodeAt(0), now)) ?? new Uint8Array();
      answer.resolve({ kind: asked.kind, index: now, what: `hangs: more than ${HANGS_MS / 1000} s`, bytes });
    }
  }, 250);
  try {
    return await answer.promise;
  } finally {
    clearInterval(watch);
    thread.off("message", answer.resolve);
    thread.off("error", answer.reject);
  }
};

const until = performance.now() + minutes * 60_000;
const state = readState();
const at = new Int32Array(new SharedArrayBuffer(4));
const thread = new Worker(new URL("fuzz-thread.ts", import.meta.url), { workerData: { seed, at } });
const found: Found[] = [];
let isLate = false;

for (const { kind, share } of KINDS) {
  const wanted = Math.ceil(cases * share);
  const progress = (state.kinds[kind] ??= { done: 0, accepted: 0 });
  while (progress.done < wanted && found.length === 0 && !isLate) {
    const tried = await batch(thread, at, { kind, from: progress.done, to: Math.min(wanted, progress.done + BATCH) });
    if ("what" in tried) found.push(tried);
    else {
      progress.done += tried.cases;
      progress.accepted += tried.accepted;
      keepState(state);
    }
    isLate = performance.now() > until;
  }
  console.log(`${kind.padEnd(18)} ${progress.done} of ${wanted} cases, ${progress.accepted} accepted by both readers`);
}
await thread.terminate();

for (const { kind, index, what, bytes } of found) {
  const file = `${values.state ?? "fuzz"}-${kind.replaceAll(" ", "-")}-${index}.bin`;
  writeFileSync(file, bytes);
  console.log(`FOUND in ${kind}, case ${index} of seed ${seed}: ${what}\nits bytes: ${file}`);
}
const done = Object.values(state.kinds).reduce((sum, progress) => sum + progress.done, 0);
const left = KINDS.reduce((sum, { share }) => sum + Math.ceil(cases * share), 0) - done;
if (isLate && left > 0) console.log(`${minutes} minutes are over: ${left} cases are left, --state goes on with them`);
console.log(`${done} passed, ${found.length} failed, ${found.length > 0 ? 0 : left} skipped`);
process.exitCode = found.length > 0 ? 1 : 0;
