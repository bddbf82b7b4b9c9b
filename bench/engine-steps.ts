import { systemClock } from "../src/adapters/clock/system-clock.ts";
import { openRecorder } from "../src/harness/run/recorder.ts";
import { stepsOf } from "../src/harness/run/step.ts";
import type { Store } from "../src/seams/store.ts";
import type { RunId } from "../src/workflow/ids.ts";
import type { RunEvent } from "../src/workflow/run-events.ts";
import { noteSigner } from "../test/fakes/note-signer.ts";
import { temporaryStore } from "../test/fakes/store.ts";
import { engineIn, idsOf, inFolder, orderOf } from "./engine-place.ts";
import { median, ratio } from "./measure.ts";

const ROUNDS = 15;
const NAMES = ["gate", "backend", "validation", "commit", "proof"] as const;

/** Two orders of five empty steps each through engine, ledger and signed log, against ten durable rows of the same ledger. */
export const stepsBench = (): Promise<boolean> =>
  inFolder(async (folder) => {
    const store = await temporaryStore(systemClock());
    const engine = engineIn({ folder }, "bench");
    try {
      const [ours, rows]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        const runs = [await openRun(store, 2 * round), await openRun(store, 2 * round + 1)];
        rows.push(await timeOf(() => tenRows(store, round)));
        const worker = await engine.work(async ({ run }, { step }) => stepsIn(store, run, step), 1);
        ours.push(
          await timeOf(async () => {
            for (const [nth] of runs.entries()) await engine.start(orderOf(2 * round + nth, 2));
            await worker.idle();
          }),
        );
        await worker.drain(0);
      }
      return ratio(
        "ten empty steps of two orders, local engine, against ten durable rows",
        median(ours),
        median(rows),
        2,
      );
    } finally {
      await engine.close();
      await store.close();
    }
  });

const HOLDER = { pid: process.pid, pidStart: "1", bootId: "b", host: "h" };

const openRun = (store: Store, nth: number): Promise<RunId> =>
  store.transact(async (ledger) => {
    const { work } = idsOf(nth);
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    const order = { kind: "execute", work, ofRun: null, epochSeconds: 1, holder: HOLDER, summary: {} } as const;
    const opened = await ledger.openRun({ ...order, targetId: `t${nth}`, orderedAt: "2026-06-01T10:00:00.000Z" });
    if ("locked" in opened) throw new Error("the target is held");
    return opened.run;
  });

const tenRows = async (store: Store, round: number): Promise<void> => {
  for (let nth = 0; nth < 10; nth += 1)
    await store.transact((ledger) => ledger.keep("bench", new TextEncoder().encode(`${round} ${nth}`)));
};

const stepsIn = async (store: Store, run: RunId, step: Parameters<typeof stepsOf>[3]): Promise<void> => {
  const clock = systemClock();
  const redactor = { event: (event: RunEvent): RunEvent => event, news: () => [] };
  const recorder = await openRecorder({
    run,
    host: "h",
    store,
    clock,
    redactor,
    signer: noteSigner(),
    onLine: () => undefined,
  });
  recorder.under(await store.transact((ledger) => ledger.beginAttempt(run, "take-up", HOLDER, "unfenced")));
  const steps = stepsOf(store, recorder, HOLDER, step);
  for (const name of NAMES) await steps.do(name, () => Promise.resolve("done"));
};

const timeOf = async (act: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await act();
  return performance.now() - began;
};
