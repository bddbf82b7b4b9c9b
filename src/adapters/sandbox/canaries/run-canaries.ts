import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";

import type { CanaryGround, ConfinedStage, StageOrder } from "../../../seams/sandbox.ts";
import { Failure } from "../../../workflow/failure.ts";
import type { CanaryPass } from "../../../workflow/vocabulary.ts";
import type { CanaryRun, CanaryTry } from "../../../workflow/workspace/canary.ts";
import { judgeCanaries } from "../../../workflow/workspace/judge-canaries.ts";
import { CALLS, callsOutside } from "./kernel-rows.ts";
import { plant, TOKEN, type Planted } from "./planted.ts";
import { DRIVER, type CanarySetting, type Row } from "./row.ts";
import { answersIn, driverHere, ordersText } from "./run-driver.ts";
import { canaryPath, canaryTable, keyControl, TARGET } from "./table.ts";
import { reliedOn, STANDS } from "./workspace-rows.ts";

type BareStage = Omit<ConfinedStage, "canaries" | "plantedToken">;

/** The same stage with its canaries: each pass is one process in a fresh sandbox made from the stage's own arguments. */
export const withCanaries = (stage: BareStage, order: Pick<StageOrder, "purpose" | "workspace">): ConfinedStage => {
  let planted: Promise<Planted> | undefined;
  let isClosed = false;
  return {
    ...stage,
    canaries: async (pass, ground) => {
      if (isClosed) return "not-run";
      return runPass(stage, order, await (planted ??= plant(stage.description.uid)), pass, ground);
    },
    plantedToken: async () => (await planted)?.token,
    close: async () => {
      isClosed = true;
      try {
        return await stage.close();
      } finally {
        await (await planted)?.remove();
      }
    },
  };
};

const runPass = async (
  stage: BareStage,
  order: Pick<StageOrder, "purpose" | "workspace">,
  planted: Planted,
  pass: CanaryPass,
  ground: CanaryGround,
): Promise<CanaryRun> => {
  const setting: CanarySetting = {
    pass,
    order,
    description: stage.description,
    ground,
    planted,
    keys: ground.keys.filter(({ path, must }) => must || existsSync(path)),
    ownName: `.cto-canary-${randomBytes(8).toString("hex")}`,
    namespaces: othersNamespaces(stage),
  };
  const rows = canaryTable(setting).filter(({ canary }) => order.purpose !== "validation" || !AGENTS_OWN.has(canary));
  const [own, ofDriver, inside] = await Promise.all([planted.control(), outside(), tell(stage, rows)]);
  const controls = new Map([...own, ...ofDriver, ...standing(stage, setting)]);
  if (inside === "not-run") return "not-run";
  const after = await seenAfter(setting, inside.output);
  const answers = new Map([
    ...rows.flatMap(({ what, read }) => {
      const raw = inside.answers.get(what);
      return raw === undefined ? [] : [[what, read === undefined ? raw : read(raw)] as const];
    }),
    ...(inside.answers.size === 0 ? [] : after.map(({ what, answer }) => [what, answer] as const)),
  ]);
  const tries = [...rows, ...after].map(({ canary, what, held, control, otherwise }): CanaryTry => ({
    canary,
    what,
    held,
    control,
    otherwise: otherwise ?? "no-teeth",
  }));
  return judgeCanaries({ tries, answers, controls });
};

// Where nothing is writable and nobody may call the relay (confinement.md 13).
const AGENTS_OWN: ReadonlySet<string> = new Set(["rename-pinned", "allowed-works", "relay-deny"]);

interface Inside {
  readonly output: string;
  /** Empty where the driver did not come to its end. */
  readonly answers: ReadonlyMap<string, string>;
}

const tell = async (stage: BareStage, rows: readonly Row[]): Promise<Inside | "not-run"> => {
  const driver = driverHere();
  if (driver === undefined) return { output: "", answers: new Map() };
  try {
    const probe = await stage.start(driver, {});
    const [output] = await Promise.all([
      new Response(probe.stdout).text(),
      new Response(probe.stderr).text(),
      handOver(probe.stdin, ordersText(rows)),
      probe.ended,
    ]);
    return { output, answers: answersIn(output) ?? new Map() };
  } catch (error) {
    if (error instanceof Failure) return "not-run";
    throw error;
  }
};

// A driver that has died reads nothing any more; that shows in its answers.
const handOver = async (stdin: WritableStream<Uint8Array>, text: string): Promise<void> => {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => undefined);
  await writer.close().catch(() => undefined);
};

interface SeenAfter extends Pick<Row, "canary" | "what" | "held" | "control" | "otherwise"> {
  readonly answer: string;
}

/** What the Harness finds outside when the inside has tried everything. */
const seenAfter = async (
  { planted, ground, ownName }: CanarySetting,
  output: string,
): Promise<readonly SeenAfter[]> => {
  const row = (canary: Row["canary"], what: string, control: string, good: string, isGood: boolean): SeenAfter => ({
    canary,
    what,
    control,
    held: [good],
    otherwise: "broken",
    answer: isGood ? good : `not ${good}`,
  });
  const isClean = ![`${ground.target}/${ownName}`, `${ground.target}/.git/${ownName}`].some((path) => existsSync(path));
  const told = Buffer.from(output.replaceAll(/\s/g, ""), "hex").toString("latin1") + output;
  const rows = [
    row("write-outside", "planted file and process afterwards", "planted file", "untouched", planted.isUntouched()),
    row("write-target", "target afterwards", TARGET, "without a new name", isClean),
    row("read-secret", "planted token in what was told", "planted file", "absent", !told.includes(TOKEN)),
    row("network", "calls that arrived", "listener on 127.0.0.1", "none", !(await planted.wasCalledBy(ownName))),
  ];
  if (ground.relaySaw === undefined) return rows;
  const isSeen = await ground.relaySaw(canaryPath(ownName));
  return [...rows, row("relay-deny", "record of the relay", "relay", "has the refused path", isSeen)];
};

const standing = (
  stage: BareStage,
  setting: CanarySetting,
): readonly (readonly [control: string, works: boolean])[] => {
  const { target, relaySaw } = setting.ground;
  const inWorkspace = reliedOn(setting).map((path) => `${stage.files.folder}/${path}`);
  return [
    [TARGET, [target, `${target}/.git`].every((path) => existsSync(path))],
    [STANDS, inWorkspace.every((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)],
    ["relay", relaySaw !== undefined],
    ...setting.keys.map(({ name, path }) => [keyControl(name), existsSync(path)] as const),
  ];
};

// The files of a full stage are seen through a process of the sandbox around it; with a relay that one's network is shared.
const othersNamespaces = ({ files, description }: BareStage): CanarySetting["namespaces"] => {
  const around = /^\/proc\/(\d+)\/root\//.exec(files.folder)?.[1];
  const isShared = (kind: string): boolean => kind === "net" && description.args.includes("--share-net");
  return new Map(
    ["user", "pid", "net", "mnt", "ipc", "uts", "cgroup"].flatMap((kind) => {
      const owners = ["self", ...(around === undefined || isShared(kind) ? [] : [around])];
      const links = owners.map((owner) => `/proc/${owner}/ns/${kind}`).filter((link) => existsSync(link));
      return links.length === 0 ? [] : [[kind, links.map((link) => readlinkSync(link))] as const];
    }),
  );
};

let toldOutside: Promise<readonly (readonly [control: string, works: boolean])[]> | undefined;

/** The driver outside, once for each process: what it tells of itself, and calls that the filter denies inside. */
const outside = (): NonNullable<typeof toldOutside> =>
  (toldOutside ??= tellOutside().then((answers) => [
    [DRIVER, answers.get("count") !== undefined],
    [CALLS, callsOutside().some(({ what }) => !["EPERM", "ENOSYS", undefined].includes(answers.get(what)))],
  ]));

const tellOutside = async (): Promise<ReadonlyMap<string, string>> => {
  const [program, ...rest] = driverHere() ?? [];
  if (program === undefined) return new Map();
  const child = spawn(program, rest, { env: {}, stdio: ["pipe", "pipe", "ignore"] });
  const dead = new Promise<void>((resolve) => child.once("error", () => resolve()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(ordersText([{ what: "count", op: ["count"] }, ...callsOutside()]));
  const output = textOf(child.stdout);
  return answersIn(await Promise.race([output, dead.then(() => "")])) ?? new Map();
};
