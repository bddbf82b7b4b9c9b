import { realpath } from "node:fs/promises";
import path from "node:path";

import { diagnosticObjects } from "../../harness/objects/diagnostic-object.ts";
import { draftNewPacket, layNewPacket, type NewPacket } from "../../harness/packet/new-packet.ts";
import {
  admissionPathOf,
  admittedTargets,
  isTaken,
  listFor,
  nextWork,
  packetGround,
  type PacketGround,
} from "../../harness/packet/packet-ground.ts";
import { runBaseline } from "../../harness/validation/baseline.ts";
import type { World } from "../../harness/world.ts";
import { digestWords, fours } from "../../workflow/digest-words.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import { templateOf } from "../../workflow/packet/draft-packet.ts";
import type { Packet } from "../../workflow/packet/packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import type { ValidationRun } from "../../workflow/validation/validation.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { packetGiven } from "../given-packet.ts";
import { LEFT, type Guide } from "../guide.ts";
import { packetAnswers, type NewPacketFlags, type PacketAnswers } from "../packet-answers.ts";
import { duration } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet new`: a packet from flags, from another one, and at a terminal from answers; nothing is overwritten. */
export const act: Act<NewPacketFlags, []> = (context, flags) =>
  withWorld(context, flags, "write", async (world) => {
    const guide = await context.guide?.();
    const from = flags.from === undefined ? undefined : await packetGiven(context.cwd, world, flags.from);
    if (from !== undefined && "noun" in from) return from;
    const target = await targetOf(context, world, flags.target ?? from?.target.path.value, guide);
    if (target === LEFT) return LEAVING;
    if (target === undefined) return missing(["--target"]);
    const ground = await packetGround(world, target);
    if (!ground.ok) return refused(ground.refusals);
    const work = flags.id === undefined ? await nextWork(world) : workId(flags.id);
    if (work === undefined) return usageError("--id takes CTO-WORK- and at least three digits", "leave it out");
    if (await isTaken(world, work)) return refused([refusal("work/id-used", { work })]);
    const answers = await packetAnswers(flags, ground.value, from, guide);
    if (answers === LEFT) return LEAVING;
    if ("missing" in answers) return missing(answers.missing);
    if ("wrong" in answers) return usageError(answers.wrong, "cto packet new --help");
    return write(context, world, { flags, from, ground: ground.value, work, answers });
  });

interface Order {
  readonly flags: NewPacketFlags;
  readonly from: Packet | undefined;
  readonly ground: PacketGround;
  readonly work: WorkId;
  readonly answers: PacketAnswers;
}

const write = async (context: CliContext, world: World, order: Order): Promise<Answer> => {
  const { flags, from, ground, work, answers } = order;
  const { admission, authority } = ground;
  const admitted = admission === "absent" ? undefined : admission.record;
  const risk = flags.risk ?? admitted?.riskClassification ?? Object.keys(authority.riskClasses)[0] ?? "none";
  const classOf = Object.hasOwn(authority.riskClasses, risk) ? authority.riskClasses[risk] : undefined;
  if (classOf === undefined)
    return usageError(`--risk takes one of ${Object.keys(authority.riskClasses).join(", ")}`, "cto packet new --help");
  const drafted = await draftNewPacket(world, {
    ...answers,
    work,
    stage: Math.max(...(admitted?.stages ?? [5])),
    owner: ground.owner,
    source: await listFor(world, work, from),
    today: new Date(world.clock.now().epochMs).toISOString().slice(0, 10),
    target: {
      path: ground.target,
      branch: ground.branch,
      admissionSource: admission === "absent" ? admissionPathOf(ground.target) : admission.path,
      risk,
    },
    template: templateOf({
      baseForbiddenPaths: authority.baseForbiddenPaths,
      minimumAssurance: classOf.minimumAssurance,
    }),
  });
  if (!drafted.ok) return refused(drafted.refusals);
  const baseline = flags.baseline ? await baselineOf(context, world, drafted.value) : ok("not-asked" as const);
  if (!baseline.ok) return refused(baseline.refusals);
  await layNewPacket(world, drafted.value);
  return written(drafted.value, baseline.value, admitted === undefined ? ground.target : undefined);
};

type Baseline = ValidationRun | "not-confined" | "not-asked";

const baselineOf = async (
  { onStop, process: { stderr } }: CliContext,
  world: World,
  { drawn }: NewPacket,
): Promise<Result<Baseline, Refusal>> => {
  const stopping = new AbortController();
  const forget = onStop(() => stopping.abort());
  stderr.write(`baseline  ${drawn.contract.validation.argv.join(" ")} on the untouched target, in a sandbox …\n`);
  try {
    return await runBaseline(world, drawn, stopping.signal);
  } finally {
    forget();
  }
};

/** The target that is meant: by the id of its admission or by its path; at a terminal one of those that are admitted. */
const targetOf = async (
  { cwd }: CliContext,
  world: World,
  given: string | undefined,
  guide: Guide | undefined,
): Promise<string | undefined | typeof LEFT> => {
  const admitted = await admittedTargets(world);
  const placeOf = (name: string): Promise<string> => {
    const place = admitted.find(({ id }) => id === name)?.path ?? path.resolve(cwd, name);
    return realpath(place).catch(() => place);
  };
  if (given !== undefined) return placeOf(given);
  if (guide === undefined) return undefined;
  const chosen =
    admitted.length === 0
      ? await guide.text("Which repository is it about?", {
          problem: (text) => (text === "" ? "takes a path" : undefined),
        })
      : await guide.one(
          "Which target is it about?",
          admitted.map(({ id, path: place }) => ({ value: place, hint: id })),
        );
  return chosen === LEFT ? LEFT : placeOf(chosen);
};

const missing = (flags: readonly string[]): Answer =>
  usageError(
    `${flags.join(", ")} ${flags.length === 1 ? "is" : "are"} missing, and there is no terminal to ask at`,
    "cto packet new --help",
  );

const LEAVING: Answer = {
  noun: "packet-new",
  exit: EXIT.stopped,
  data: {},
  text: "",
  story: "left      Nothing was written.",
};

const refused = (refusals: readonly Refusal[]): Answer => ({
  noun: "packet-new",
  exit: EXIT.refused,
  data: {},
  text: "",
  refusals,
  spared: "Nothing was written.",
});

const written = (made: NewPacket, baseline: Baseline, toAdmit: string | undefined): Answer => {
  const { source, list, drawn, warnings, digests } = made;
  const { workItem: work, requiredApproval, executionGate } = drawn.contract;
  const next =
    toAdmit === undefined
      ? `cto packet preview ${work}`
      : `cto target admit ${visible(toAdmit)} --key KEY --backend ${executionGate.backend}`;
  const rows = [
    `written   ${source.path}   ${fours(digests.packet)}  ${digestWords(digests.packet)}`,
    ...(list === "in-step" ? [] : [`listed    ${list.path}${list.over === "absent" ? "   made for it" : ""}`]),
    ...baselineWords(baseline),
    `sentence  ${requiredApproval}`,
    ...warnings.map(({ at, code, says }) => `warning   ${at.line}:${at.column}  ${code}  ${visible(says)}`),
    `next      ${next}`,
  ];
  return {
    noun: "packet-new",
    exit: EXIT.done,
    data: {
      path: source.path,
      work,
      list: drawn.packet.frontmatter.source.value,
      digests,
      diagnostics: diagnosticObjects({ source, diagnostics: warnings }),
      baseline: typeof baseline === "string" ? baseline : { exitCode: baseline.exitCode, ms: baseline.durationMs },
      next,
    },
    text: rows.join("\n"),
  };
};

const baselineWords = (baseline: Baseline): readonly string[] => {
  if (baseline === "not-asked") return [];
  if (baseline === "not-confined") return ["baseline  not run: the sandbox did not hold. cto doctor says why"];
  const { exitCode, durationMs, counts } = baseline;
  const how = exitCode === 0 ? "passes today" : "fails today";
  const told = counts === undefined ? "" : `, ${counts.passed} passed`;
  return [`baseline  ${how}: exit ${exitCode ?? "by a signal"} in ${duration(durationMs)}${told}`];
};
