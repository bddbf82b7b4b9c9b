import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { removeAdmission } from "../../src/harness/admission/admit-target.ts";
import { recordApproval } from "../../src/harness/approval/approve.ts";
import { present } from "../../src/harness/approval/present.ts";
import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { rollbackRun } from "../../src/harness/outcome/rollback.ts";
import { listWork } from "../../src/harness/packet/list-work.ts";
import { stopRun } from "../../src/harness/run/stop-run.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { Failure } from "../../src/workflow/failure.ts";
import { writePacket } from "../../src/workflow/packet/write-packet.ts";
import { breakOff, standStill, type BreakingPoint } from "../journeys/breaking.ts";
import { UNITTEST_STEPS } from "../journeys/ended.ts";
import { fallingIn } from "../journeys/falling.ts";
import { runOnce } from "../journeys/ground.ts";
import { decided, done, ends, nothing, type Making, type ShownCase } from "./surface-makings.ts";

/** Long enough to sign within, and over before anybody looks. */
const SHORT_MS = 15_000;
const AT_WORK: BreakingPoint = { seam: "backend.log", when: "after", nth: 8 };

/** Texts of an agent that would be more than text, and a file whose name would be. */
const HOSTILE = "<img src=x onerror=alert(1)> \u202e javascript:alert(1) \u001b[31mred";
const LONG = `src/${"a-very-long-name-without-an-end-".repeat(6)}.py`;

/** Every state of surface.md 1 and how a work item comes to it. */
export const STATES: Readonly<Record<ShownCase, Making>> = {
  awaiting_outcome: {
    state: "awaiting_outcome",
    title: "Align slugify with its root implementation",
    prepared: "approved",
    make: ends("awaiting_outcome", [
      { think: "The root implementation splits on whitespace; src replaces single spaces." },
      { plan: ["Align src/strings.py", "Cover repeated and outer whitespace", "Run the tests"] },
      { read: "strings.py" },
      ...UNITTEST_STEPS,
      { run: "python3 -m unittest -q" },
      { say: "src.strings.slugify now splits on whitespace, and the tests cover it." },
    ]),
  },
  candidate: {
    state: "candidate",
    title: "",
    prepared: "listed",
    make: ({ world, ground }) => listWork(world, ground.work),
  },
  "not-admitted": {
    state: "blocked",
    title: "A target that nobody admitted",
    prepared: "packet",
    make: nothing,
  },
  blocked: {
    state: "blocked",
    title: "A packet that waits for its approval",
    prepared: "admitted",
    make: ends("blocked"),
  },
  suspended: {
    state: "blocked",
    title: "A target that was suspended",
    prepared: "approved",
    make: async ({ world, fields }) =>
      done(await removeAdmission(world, fields.admissionSource, "suspended", "moving house")),
  },
  approved: { state: "approved", title: "Approved and not started", prepared: "approved", make: nothing },
  stale: {
    state: "stale",
    title: "A packet that was widened after its approval",
    prepared: "approved",
    make: async ({ ground, fields }) => {
      const allowedPaths = [...fields.allowedPaths, "strings.py"];
      await writeFile(path.join(ground.home, ground.packet), writePacket({ ...fields, allowedPaths }));
    },
  },
  expired: {
    state: "expired",
    title: "An approval that was not used in time",
    prepared: "admitted",
    make: async ({ world, ground }) => {
      const shown = await present(world, ground.work);
      if (!shown.ok) throw new Error(shown.refusals.map(({ code }) => code).join(", "));
      const bytes = new TextEncoder().encode(shown.value.contract.requiredApproval);
      done(await recordApproval(world, shown.value, { bytes, entry: "file", key: ground.key, expiresMs: SHORT_MS }));
    },
  },
  withdrawn: {
    state: "withdrawn",
    title: "An approval that was taken back",
    prepared: "approved",
    make: async ({ world, ground }) =>
      done(await withdraw(world, ground.work, { reason: "changed my mind", key: undefined })),
  },
  executing: {
    state: "executing",
    title: "An agent at work",
    prepared: "approved",
    make: async ({ ground, environment, stands }) => stands(await standStill(ground, AT_WORK, { environment })),
  },
  queued: {
    state: "queued",
    title: "A run that waits for a worker",
    prepared: "approved",
    make: async ({ world, ground }) => {
      const left = await leaveRun(world, ground.work);
      if (!left.ok) throw new Error("it could not be ordered");
    },
  },
  stopping: {
    state: "stopping",
    title: "A run that is being stopped",
    prepared: "approved",
    make: async ({ ground, environment, world, run, stands }) => {
      stands(await standStill(ground, AT_WORK, { environment }));
      // It was asked to end, and has not heard it yet.
      const unheard = { ...world, engine: { ...world.engine, cancel: async () => undefined } };
      const { kind } = await stopRun(unheard, run, "it takes too long");
      if (kind !== "asked") throw new Error(`it could not be asked to stop: ${kind}`);
    },
  },
  stopped: {
    state: "stopped",
    title: "A run that was stopped",
    prepared: "approved",
    make: async ({ world, ground }) => {
      const stopping = new AbortController();
      const heard = (line: string): void => {
        if (parseEvent(line).type === "backend.started") stopping.abort();
      };
      await ground.plays([...UNITTEST_STEPS, { hang: true }]);
      await runOnce(world, ground, heard, stopping.signal);
    },
  },
  "voided(policy)": {
    state: "voided(policy)",
    title: "An agent that wanted more than it was given",
    prepared: "approved",
    make: ends("voided", [
      { say: HOSTILE },
      { run: "git push origin main" },
      { write: ".env", content: "A=b\n", native: true },
      { write: LONG, content: `# ${HOSTILE}\n`, native: true },
      { write: "src/<img src=x onerror=alert(1)>.py", content: "\n", native: true },
      ...UNITTEST_STEPS,
    ]),
  },
  "voided(validation)": {
    state: "voided(validation)",
    title: "A change that broke a test",
    prepared: "approved",
    make: ends("voided", [
      {
        write: "test_strings.py",
        content: `import unittest\n\n\nclass Broken(unittest.TestCase):\n    def test_it(self):\n        self.fail(${JSON.stringify(HOSTILE)})\n`,
      },
    ]),
  },
  "voided(confinement)": {
    state: "voided(confinement)",
    title: "A canary that fell",
    prepared: "approved",
    make: ends("voided", UNITTEST_STEPS, (world) =>
      fallingIn(world, { purpose: "agent", pass: "after", verdict: "broken" }),
    ),
  },
  "voided(no-change)": {
    state: "voided(no-change)",
    title: "An agent that found nothing to do",
    prepared: "approved",
    make: ends("voided", [{ say: "It is fine as it is." }]),
  },
  failed: {
    state: "failed",
    title: "An agent that crashed",
    prepared: "approved",
    make: ends("failed", [...UNITTEST_STEPS, { crash: 7 }]),
  },
  "broken-off": {
    state: "interrupted",
    title: "A Harness that was killed after its commit",
    prepared: "approved",
    make: async ({ ground, environment }) =>
      void (await breakOff(ground, { seam: "target.commit", when: "after" }, { environment })),
  },
  interrupted: {
    state: "interrupted",
    title: "A commit whose step broke",
    prepared: "approved",
    make: ends("interrupted", UNITTEST_STEPS, (world) => ({
      ...world,
      target: {
        ...world.target,
        commit: async (...given) => {
          await world.target.commit(...given);
          throw new Failure("target/git-failed", "git broke after it had moved the branch");
        },
      },
    })),
  },
  accepted: {
    state: "accepted",
    title: "A run that was accepted",
    prepared: "approved",
    make: (item) => decided(item, "accepted"),
  },
  rejected: {
    state: "rejected",
    title: "A run that was rejected",
    prepared: "approved",
    make: (item) => decided(item, "rejected"),
  },
  rolled_back: {
    state: "rolled_back",
    title: "A run that was rejected and taken back",
    prepared: "approved",
    make: async (item) => {
      await decided(item, "rejected");
      done(await rollbackRun(item.world, item.run, "real"));
    },
  },
  rollback_failed: {
    state: "rollback_failed",
    title: "A rollback that came to another tree",
    prepared: "approved",
    make: async (item) => {
      await decided(item, "rejected");
      const { target } = item.world;
      const rollback: typeof target.rollback = async (...given) => {
        const rolled = await target.rollback(...given);
        return rolled.ok ? { ...rolled, value: { ...rolled.value, clean: false } } : rolled;
      };
      done(await rollbackRun({ ...item.world, target: { ...target, rollback } }, item.run, "real"));
    },
  },
  tampered: {
    state: "tampered",
    title: "Evidence that was changed afterwards",
    prepared: "approved",
    make: async (item) => {
      await ends("awaiting_outcome")(item);
      await appendFile(path.join(item.ground.home, ".cto/runs", item.run, "test.log"), "OK\n");
    },
  },
};
