import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { compose, evidence, makeDemoGround, makeHome } from "../../compose.ts";
import { admitTarget } from "../../harness/admit-target.ts";
import { recordApproval } from "../../harness/approve.ts";
import { present } from "../../harness/present.ts";
import { decideOutcome, sentenceFor } from "../../harness/decide-outcome.ts";
import { rollbackRun } from "../../harness/rollback.ts";
import { run, type RunResult } from "../../harness/run.ts";
import type { World } from "../../harness/world.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import { switchesOf } from "../../workflow/gate/switches.ts";
import { timeText } from "../../workflow/instant.ts";
import { workId } from "../../workflow/ids.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { short } from "../show.ts";
import { DEMO_OWNER, demoDocuments } from "./packet.ts";
import { SAMPLE_FILES, SCENARIO_STEPS, type Scenario } from "./sample.ts";

/** One thing that the demo shows, and whether it went as it should. */
export interface DemoStep {
  readonly name: string;
  readonly asExpected: boolean;
  readonly ms: number;
  readonly says: string;
}

export interface DemoEnd {
  readonly home: string;
  readonly target: string;
  readonly run: string | null;
  readonly verdict: string;
  /** Exit code that the decisive command of the scenario has. */
  readonly decisive: ExitCode;
  readonly steps: readonly DemoStep[];
}

const WORK = workId("CTO-WORK-049");
const DAY_MS = 86_400_000;

/** Plays one scenario in a fresh folder, through the same verbs as every command; tells each step as it ends. */
export const playDemo = async (folder: string, scenario: Scenario, tell: (step: DemoStep) => void): Promise<DemoEnd> => {
  if (WORK === undefined) throw new TypeError("the demo's work id is one");
  const work = WORK;
  const steps: DemoStep[] = [];
  const step = async (name: string, act: () => Promise<{ readonly asExpected: boolean; readonly says: string }>): Promise<void> => {
    const started = performance.now();
    const done = { name, ...(await act()), ms: Math.round(performance.now() - started) };
    steps.push(done);
    tell(done);
  };

  const ground = await makeDemoGround(folder, SAMPLE_FILES);
  const home = path.join(path.dirname(ground.target), "home");
  await makeHome({ folder: home, owner: DEMO_OWNER, publicKey: ground.publicKey });
  const world = await openDemoWorld(home);
  try {
    await writeDocuments(world, ground.target, scenario);
    const before = await world.target.fingerprint(ground.target);
    const isUntouched = async (): Promise<boolean> => {
      const now = await world.target.fingerprint(ground.target);
      return now.manifest === before.manifest && now.controlPlane.digest === before.controlPlane.digest;
    };
    const runOnce = (): Promise<Result<RunResult, Refusal>> => run(world, work, new AbortController().signal, () => undefined);

    await step("admitted", async () => {
      const order = { target: ground.target, id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
      const admitted = await admitTarget(world, { ...order, expiresMs: 30 * DAY_MS, reason: "the demo's own target", key: ground.key });
      return { asExpected: admitted.ok, says: admitted.ok ? `by ${DEMO_OWNER}'s signature, ${short(admitted.value.sha256)}` : saysOf(admitted) };
    });
    await step("blocked", async () => {
      const blocked = await runOnce();
      const codes = blocked.ok ? blocked.value.ending.refusals.map(({ code }) => code) : [];
      const isRight = blocked.ok && blocked.value.ending.kind === "blocked" && codes.includes("approval/absent");
      return { asExpected: isRight && (await isUntouched()), says: `cto run ${work}: refused ${codes.join(", ")}, target byte-identical` };
    });
    const shown = await present(world, work);
    await step("near miss", async () => {
      const near = shown.ok ? shown.value.contract.requiredApproval.replace("against", "agianst") : "";
      const refused = shown.ok
        ? await recordApproval(world, shown.value, { bytes: bytesOf(near), entry: "file", key: ground.key, expiresMs: undefined })
        : shown;
      return { asExpected: !refused.ok && refused.refusals[0].code === "approval/not-exact", says: refused.ok ? "a near miss was accepted" : saysOf(refused) };
    });
    await step("approved", async () => {
      const approved = shown.ok
        ? await recordApproval(world, shown.value, { bytes: bytesOf(shown.value.contract.requiredApproval), entry: "file", key: ground.key, expiresMs: undefined })
        : shown;
      return {
        asExpected: approved.ok,
        says: approved.ok ? `the packet's own sentence, signed by a key made for this demo, assurance ${approved.value.approval.assurance}` : saysOf(approved),
      };
    });
    let last: RunResult | undefined;
    await step(scenario === "violation" ? "voided" : "ran", async () => {
      const done = await runOnce();
      if (!done.ok) return { asExpected: false, says: saysOf(done) };
      last = done.value;
      const { kind, refusals, failure, commit } = done.value.ending;
      if (scenario === "violation") {
        const says = `${[...new Set(refusals.map(({ code, facts }) => `${code} ${String(facts["path"] ?? "")}`.trim()))].join(", ")}; no commit, target byte-identical`;
        return { asExpected: kind === "voided" && (await isUntouched()), says };
      }
      const says = commit === undefined ? `${kind}: ${failure?.message ?? refusals.map(({ code }) => code).join(", ")}` : `two files changed, one commit ${short(commit.commit)}, nothing else moved, rollback rehearsed`;
      return { asExpected: kind === "awaiting_outcome", says };
    });
    if (last === undefined) return { home, target: ground.target, run: null, verdict: "failed", decisive: EXIT.failed, steps };
    const { run: id } = last;
    const bundle = world.archive.folder(id);
    let verdict = "";
    const verifyNow = async (): Promise<string> => {
      const { openFolder, verifyTools } = evidence();
      const { files, odd } = await openFolder(bundle);
      const trust = new Uint8Array(await readFile(path.join(home, ".sot/authority/allowed_signers")));
      const checked = verifyBundle(files, odd, { allowedSigners: trust }, verifyTools);
      const { verdict: word, checks } = checked;
      const failed = checks.filter((check) => check.verdict !== "PASS").map(({ id: check, says }) => `${check}: ${says}`);
      verdict = word;
      return failed[0] ?? `${checks.length} checks`;
    };
    await step("verified", async () => {
      const says = await verifyNow();
      return { asExpected: verdict === "PASS", says: `${verdict} offline, ${says}` };
    });
    const decide = (outcome: "accepted" | "rejected"): ReturnType<typeof decideOutcome> => {
      const acceptance = bytesOf(sentenceFor({ ...last!.row, summary: summaryOf(last!) }) ?? "");
      return decideOutcome(world, { run: id, outcome, reason: outcome === "rejected" ? "the demo rejects this one" : "", acknowledged: [], words: acceptance, key: ground.key });
    };
    let decisive: ExitCode = EXIT.done;
    if (scenario === "violation") decisive = EXIT.voided;
    if (scenario === "accept")
      await step("accepted", async () => {
        const accepted = await decide("accepted");
        return { asExpected: accepted.ok, says: accepted.ok ? "outcome signed; runtime.defaultActivation false before and after" : saysOf(accepted) };
      });
    if (scenario === "reject") {
      await step("rejected", async () => {
        const rejected = await decide("rejected");
        return { asExpected: rejected.ok, says: rejected.ok ? `with a reason, ledger ${rejected.value.seq}` : saysOf(rejected) };
      });
      await step("rolled back", async () => {
        const back = await rollbackRun(world, id, "real");
        const says = back.ok ? `${short(back.value.rollbackCommit)} undoes ${short(back.value.commit)}, tree equals the base` : saysOf(back);
        return { asExpected: back.ok && back.value.proof === "tree-equals-base" && back.value.clean, says };
      });
    }
    if (scenario === "tamper") {
      await flipOneBit(path.join(bundle, "test.log"));
      await step("tampered", async () => {
        const says = await verifyNow();
        return { asExpected: verdict === "FAIL", says: `one bit of test.log flipped: ${verdict}, ${says}` };
      });
      await step("not accepted", async () => {
        const refused = await decide("accepted");
        return { asExpected: !refused.ok, says: refused.ok ? "changed evidence was accepted" : saysOf(refused) };
      });
      decisive = EXIT.unverified;
    }
    return { home, target: ground.target, run: id, verdict, decisive, steps };
  } finally {
    await world.store.close();
  }
};

const openDemoWorld = (home: string): Promise<World> => {
  const { allow, stage, admissionFile } = switchesOf("scripted");
  const admission = path.join(home, ".sot/03-PROTOCOLS/CTO-DEMO-TARGET-ADMISSION.json");
  const environment = { [allow]: "1", [stage]: "5", [admissionFile]: admission, HOME: path.dirname(home) };
  return compose({ home, environment, terminal: false, mode: "write" });
};

const writeDocuments = async (world: World, target: string, scenario: Scenario): Promise<void> => {
  const { packet, checks } = demoDocuments(target, timeText(world.clock.now().epochMs).slice(0, 10));
  await world.home.write(packet.path, bytesOf(packet.text), "absent");
  await world.home.write(checks.path, bytesOf(checks.text), "absent");
  await world.home.write(".sot/authority/steps.json", bytesOf(`${JSON.stringify({ steps: SCENARIO_STEPS[scenario] }, null, 2)}\n`), "absent");
};

const summaryOf = ({ ending }: RunResult): RunResult["row"]["summary"] => ({ commit: ending.commit?.commit });

const flipOneBit = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await chmod(path.dirname(file), 0o700);
  await rm(file);
  await writeFile(file, bytes, { mode: 0o444 });
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const saysOf = (refused: { readonly refusals: readonly Refusal[] }): string => refused.refusals.map((one) => `${one.code}: ${wordsOf(one).says}`).join(" ");
