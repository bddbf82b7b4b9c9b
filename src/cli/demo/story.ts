import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { admitTarget } from "../../harness/admission/admit-target.ts";
import { recordApproval } from "../../harness/approval/approve.ts";
import { present } from "../../harness/approval/present.ts";
import { SIGNERS_PATH } from "../../harness/home/read-facts.ts";
import { sentenceFor } from "../../harness/outcome/outcome-ground.ts";
import { parseRunId, workId } from "../../workflow/ids.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import type { Answer } from "../answer.ts";
import { act as outcome } from "../commands/outcome.ts";
import { act as rollback } from "../commands/rollback.ts";
import { act as run } from "../commands/run.ts";
import { act as verify } from "../commands/verify.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { short } from "../show.ts";
import type { DemoGround } from "./ground.ts";
import { DEMO_OWNER } from "./packet.ts";
import type { Scenario } from "./sample.ts";

/** One thing that the demo shows: a command, what came of it, and whether that is as it should be. */
export interface DemoStep {
  readonly name: string;
  readonly command: string;
  readonly exit: ExitCode;
  readonly asExpected: boolean;
  readonly ms: number;
  readonly says: string;
}

type Shown = Omit<DemoStep, "name" | "ms" | "command">;
type Play = (name: string, command: string, act: () => Promise<Shown>) => Promise<DemoStep>;

const WORK = workId("CTO-WORK-049") ?? "";
const DAY_MS = 86_400_000;

/** Plays one scenario; tells each step as it ends. The last step whose exit code decides is the decisive one. */
export const playStory = async (
  ground: DemoGround,
  scenario: Scenario,
  tell: (step: DemoStep) => void,
): Promise<{ readonly steps: readonly DemoStep[]; readonly decisive: DemoStep; readonly run: string }> => {
  const steps: DemoStep[] = [];
  const play: Play = async (name, command, act) => {
    const started = performance.now();
    const shown = await act();
    const step = { name, command, ...shown, ms: Math.round(performance.now() - started) };
    steps.push(step);
    tell(step);
    return step;
  };
  await playBeginning(ground, play);
  const before = await targetNow(ground);
  let id = "";
  const ran = await play(scenario === "violation" ? "voided" : "ran", `cto run ${WORK}`, async () => {
    const answer = await run(ground.context, { ...ground.flags, jsonl: false }, WORK);
    id = String(answer.data["run"]);
    if (scenario !== "violation")
      return {
        exit: answer.exit,
        asExpected: answer.exit === EXIT.done,
        says:
          saysOf(answer) ||
          `one commit ${short(String(answer.data["commit"]))}, two files, nothing else moved, rollback rehearsed`,
      };
    const isUntouched = (await targetNow(ground)) === before;
    return {
      exit: answer.exit,
      asExpected: answer.exit === EXIT.voided && isUntouched,
      says: `${saysOf(answer)}; no commit, target ${isUntouched ? "byte-identical" : "CHANGED"}`,
    };
  });
  const verified = await playVerify(ground, play, id, "verified", EXIT.done);
  const decisive = await playEnd(ground, play, scenario, { id, ran, verified, before });
  return { steps, decisive, run: id };
};

const playBeginning = async ({ world, target, key, context, flags }: DemoGround, play: Play): Promise<void> => {
  await play("admitted", `cto target admit ${target}`, async () => {
    const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
    const admitted = await admitTarget(world, {
      ...open,
      target,
      expiresMs: 30 * DAY_MS,
      reason: "the demo's own target",
      key,
    });
    return admitted.ok
      ? { exit: EXIT.done, asExpected: true, says: `by ${DEMO_OWNER}'s signature, ${short(admitted.value.sha256)}` }
      : { exit: EXIT.refused, asExpected: false, says: refusalWords(admitted.refusals) };
  });
  await play("blocked", `cto run ${WORK}`, async () => {
    const answer = await run(context, { ...flags, jsonl: false }, WORK);
    const isRight = answer.exit === EXIT.refused && answer.data["reason"] === "approval/absent";
    return { exit: answer.exit, asExpected: isRight, says: `refused ${codesOf(answer)}; nothing was started` };
  });
  const shown = await present(world, workId(WORK) ?? raise());
  const sayWords = async (change: (sentence: string) => string): Promise<Shown> => {
    if (!shown.ok) return { exit: EXIT.refused, asExpected: false, says: refusalWords(shown.refusals) };
    const bytes = bytesOf(change(shown.value.contract.requiredApproval));
    const recorded = await recordApproval(world, shown.value, { bytes, entry: "file", key, expiresMs: undefined });
    return recorded.ok
      ? {
          exit: EXIT.done,
          asExpected: true,
          says: `the packet's own sentence, signed by a key made for this demo, assurance ${recorded.value.kind === "approved" ? recorded.value.approval.assurance : "waiting for others"}`,
        }
      : { exit: EXIT.refused, asExpected: false, says: refusalWords(recorded.refusals) };
  };
  await play("near miss", `cto approve ${WORK}`, async () => {
    const refused = await sayWords((sentence) => sentence.replace("against", "agianst"));
    return { ...refused, asExpected: refused.exit === EXIT.refused && refused.says.startsWith("approval/not-exact") };
  });
  await play("approved", `cto approve ${WORK}`, () => sayWords((sentence) => sentence));
};

const playVerify = (
  { context, flags, home }: DemoGround,
  play: Play,
  id: string,
  name: string,
  expected: ExitCode,
): Promise<DemoStep> =>
  play(name, `cto verify ${id}`, async () => {
    const folder = path.join(home, ".cto", "runs", id);
    const answer = await verify(context, { ...flags, trust: path.join(home, SIGNERS_PATH) }, folder);
    const lines = answer.text.split("\n");
    const failed = lines.find((line) => line.startsWith("fail"));
    return {
      exit: answer.exit,
      asExpected: answer.exit === expected,
      says: `${String(answer.data["verdict"])} offline${failed === undefined ? "" : `: ${failed.replace(/\s+/g, " ")}`}`,
    };
  });

interface Middle {
  readonly id: string;
  readonly ran: DemoStep;
  readonly verified: DemoStep;
  readonly before: string;
}

const playEnd = async (
  ground: DemoGround,
  play: Play,
  scenario: Scenario,
  { id, ran, before }: Middle,
): Promise<DemoStep> => {
  const { context, flags, world, key, home } = ground;
  const decide = async (accept: boolean): Promise<Answer> => {
    const row = await world.store.run(parseRunId(id) ?? raise());
    const words = row === "absent" ? "" : (sentenceFor(row) ?? "");
    const given: typeof context = { ...context, readInput: () => Promise.resolve(bytesOf(words)) };
    const reason = accept ? {} : { reason: "the demo rejects this one" };
    return outcome(given, { ...flags, accept, reject: !accept, ...reason, key, sentenceFile: "-" }, id);
  };
  switch (scenario) {
    case "violation":
      return ran;
    case "accept":
      return play("accepted", `cto outcome ${id} --accept`, async () => {
        const { exit, ...answer } = await decide(true);
        return {
          exit,
          asExpected: exit === EXIT.done,
          says: saysOf(answer) || "outcome signed; runtime.defaultActivation false before and after",
        };
      });
    case "reject": {
      await play("rejected", `cto outcome ${id} --reject`, async () => {
        const { exit, ...answer } = await decide(false);
        return { exit, asExpected: exit === EXIT.done, says: saysOf(answer) || "with a reason, signed" };
      });
      return play("rolled back", `cto rollback ${id}`, async () => {
        const { exit, data, ...answer } = await rollback(context, { ...flags, dryRun: false }, id);
        const isRestored =
          exit === EXIT.done && data["equalsBase"] === true && filesOf(await targetNow(ground)) === filesOf(before);
        return {
          exit,
          asExpected: isRestored,
          says:
            saysOf(answer) ||
            `${short(String(data["rollbackCommit"]))} undoes ${short(String(data["commit"]))}, tree equals the base`,
        };
      });
    }
    case "tamper": {
      await flipOneBit(path.join(home, ".cto", "runs", id, "test.log"));
      const tampered = await playVerify(ground, play, id, "tampered", EXIT.unverified);
      await play("not accepted", `cto outcome ${id} --accept`, async () => {
        const { exit, ...answer } = await decide(true);
        return { exit, asExpected: exit === EXIT.refused, says: saysOf(answer) };
      });
      return tampered;
    }
  }
};

/** Manifest of the files, then control plane: the whole target, or its files alone. */
const targetNow = async ({ world, target }: DemoGround): Promise<string> => {
  const { manifest, controlPlane } = await world.target.fingerprint(target);
  return `${manifest} ${controlPlane.digest}`;
};
const filesOf = (now: string): string => now.split(" ")[0] ?? "";

const flipOneBit = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await chmod(path.dirname(file), 0o700);
  await rm(file);
  await writeFile(file, bytes, { mode: 0o444 });
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const codesOf = ({ refusals = [] }: Pick<Answer, "refusals">): string =>
  [...new Set(refusals.map(({ code }) => code))].join(", ");
const saysOf = ({ refusals = [] }: Pick<Answer, "refusals">): string =>
  refusals.length === 0 ? "" : refusalWords(refusals);
const refusalWords = (refusals: readonly Refusal[]): string =>
  refusals.map((one) => `${one.code}: ${wordsOf(one).says.replace(" No commit was made.", "")}`).join(" ");
const raise = (): never => {
  throw new TypeError("the demo's own ids are ids");
};
