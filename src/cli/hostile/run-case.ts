import path from "node:path";

import { hostShell } from "../../compose.ts";
import { admitTarget } from "../../harness/admission/admit-target.ts";
import { recordApproval } from "../../harness/approval/approve.ts";
import { present } from "../../harness/approval/present.ts";
import { readReport } from "../../harness/evidence/read-report.ts";
import { verifyFolder } from "../../harness/evidence/verify-folder.ts";
import { SIGNERS_PATH } from "../../harness/home/read-facts.ts";
import { run, type RunResult } from "../../harness/run/run.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { removeGround } from "../demo/remove-ground.ts";
import { aftermathOf, lookBefore } from "./aftermath.ts";
import type { HostileCase } from "./case-form.ts";
import { openField, type Field } from "./field.ts";
import { hostActs } from "./host-acts.ts";
import { judgeCase } from "./judge-case.ts";
import { WORK } from "./packet.ts";
import type { Judgement, Played, PlayedRun } from "./played.ts";
import { printedIn } from "./printed.ts";
import type { Surroundings } from "./surroundings.ts";

/** Plays one case through the real line, with real parts everywhere, and judges what came of it. */
export const runCase = async (
  one: HostileCase,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Judgement> => {
  const field = await openField(one, surroundings);
  try {
    return judgeCase(one, await play(one, field, signal));
  } finally {
    await field.world.store.close();
    await removeGround(field.root);
  }
};

const play = async (one: HostileCase, field: Field, signal: AbortSignal): Promise<Played> => {
  const acts = hostActs(one, field);
  const order = { folder: field.target, env: field.shell, timeoutMs: 60_000 };
  const owner = await hostShell({ script: one.field.owner, ...order });
  if (owner.exit !== 0) throw new TypeError(`the owner of the case stumbles: ${owner.output}`);
  await acts.at("prepared");
  if (one.admit) await admit(field);
  await acts.at("admitted");
  if (one.approve) await approve(field);
  await acts.at("approved");
  const before = await lookBefore(field);
  const ran = one.run ? await runOnce(field, signal, (line) => acts.seen(line)) : "none";
  if (ran !== "none") {
    const bundle = path.join(field.home, ".cto/runs", ran.result.run);
    await acts.at("sealed", { RUN: ran.result.run, BUNDLE: bundle });
  }
  const wasTouched = one.host.some(({ at }) => at === "sealed");
  return {
    run: ran,
    acts: acts.played,
    verdict: ran === "none" ? "none" : wasTouched ? await verify(field, ran.result) : ran.verdict,
    aftermath: await aftermathOf(one, field, before, ran, acts.played),
  };
};

const admit = async ({ world, target, key }: Field): Promise<void> => {
  const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
  const order = { ...open, target, expiresMs: 86_400_000, reason: "a hostile case's own", key };
  const admitted = await admitTarget(world, order);
  if (!admitted.ok) throw new TypeError(`the target of the case is not admitted: ${codes(admitted.refusals)}`);
};

const approve = async ({ world, key }: Field): Promise<void> => {
  const shown = await present(world, work());
  if (!shown.ok) throw new TypeError(`the case cannot be approved: ${codes(shown.refusals)}`);
  const bytes = new TextEncoder().encode(shown.value.contract.requiredApproval);
  const recorded = await recordApproval(world, shown.value, { bytes, entry: "file", key, expiresMs: undefined });
  if (!recorded.ok) throw new TypeError(`the case is not approved: ${codes(recorded.refusals)}`);
};

const runOnce = async (field: Field, signal: AbortSignal, seen: (line: string) => void): Promise<PlayedRun> => {
  const { world } = field;
  const lines: string[] = [];
  const done = await run(world, work(), signal, (line) => {
    lines.push(line);
    seen(line);
  });
  if (!done.ok) throw new TypeError(`there is no run: ${codes(done.refusals)}`);
  const bundle = await world.archive.open({ run: done.value.run });
  const report = bundle === "absent" ? undefined : readReport(bundle.files);
  if (bundle === "absent" || report === undefined) throw new TypeError(`${done.value.run} left no evidence`);
  const verdict = await verify(field, done.value);
  return { result: done.value, lines, report, files: bundle.files, verdict, printed: printedIn(bundle.files) };
};

const verify = async ({ world }: Field, result: RunResult): Promise<PlayedRun["verdict"]> =>
  verifyFolder(world, { run: result.run }, await world.home.read(SIGNERS_PATH));

const work = (): WorkId => {
  const id = workId(WORK);
  if (id === undefined) throw new TypeError("the suite's work id is one");
  return id;
};

const codes = (refusals: readonly Refusal[]): string => refusals.map(({ code }) => code).join(", ");
