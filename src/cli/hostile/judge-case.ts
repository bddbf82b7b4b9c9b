import type { HostileCase } from "./case-form.ts";
import type { Judgement, Played, PlayedAct, PlayedRun } from "./played.ts";

/** Pure: whether what came of a case is what had to come of it, and by what. */
export const judgeCase = (one: HostileCase, played: Played): Judgement => {
  const { got, by, wrong } = readAs(one, played);
  const { run, acts } = played;
  const all = [
    ...wrong,
    ...(run === "none" ? [] : [...untried(one, run), ...unproven(run)]),
    ...acts.flatMap(objectionsToAct),
    ...waitingFor(one, acts),
    ...played.aftermath,
  ];
  return { held: all.length === 0, got, by, wrong: all };
};

interface Reading {
  readonly got: string;
  readonly by: string;
  readonly wrong: readonly string[];
}

const readAs = (one: HostileCase, { run, acts, verdict }: Played): Reading => {
  switch (one.expect) {
    case "BLOCK-GATE":
      return readEnding(one, run, "blocked", "the gate");
    case "VOID":
      return readEnding(one, run, "voided", voidedBy(one.code));
    case "CONTAIN":
      return readContained(one, run);
    case "DETECT": {
      const checks = verdict === "none" ? [] : verdict.checks.filter(({ code }) => code !== undefined);
      const found = checks.find(({ code }) => code === one.code) ?? checks[0];
      const isFound = found?.code === one.code && verdict !== "none" && verdict.verdict !== "PASS";
      const byCommand = acts.some(
        ({ act, output, exit }) => act.exit === 5 && exit === 5 && (one.code === "none" || output.includes(one.code)),
      );
      return {
        got: byCommand ? `exit 5 ${one.code}` : (found?.code ?? "PASS"),
        by: byCommand ? "the command" : `verifier: ${found?.id ?? "nothing"}`,
        wrong: isFound || byCommand ? [] : [`the verifier says ${verdict === "none" ? "nothing" : verdict.verdict}`],
      };
    }
    case "REFUSE": {
      const refused = acts.filter(({ act }) => act.refuses !== undefined);
      const codes = new Set(
        refused.map(({ act, output }) => (output.includes(act.refuses ?? "") ? act.refuses : "done")),
      );
      const isRefused = refused.length > 0 && codes.has(one.code);
      return { got: [...codes].join(", "), by: "the command", wrong: isRefused ? [] : ["it was not refused so"] };
    }
  }
};

const readEnding = (one: HostileCase, run: PlayedRun | "none", kind: string, by: string): Reading => {
  if (run === "none") return { got: "no run", by: "nothing", wrong: ["there was no run"] };
  const { ending } = run.result;
  const codes = codesOf(run);
  const got = [ending.kind, ...codes].join(" ");
  const isSo = one.ends === undefined ? ending.kind === kind && codes.includes(one.code) : got === one.ends.join(" ");
  const named = pathsOf(run, one.code);
  const isAll = one.paths.length > 0 && !one.paths.includes(AND_MORE);
  const missing = one.paths.filter((path) => path !== AND_MORE && !named.includes(path));
  const beside = isAll ? named.filter((path) => !one.paths.includes(path)) : [];
  return {
    got,
    by,
    wrong: [
      ...(isSo ? [] : [`it ended as ${got}${ending.failure === undefined ? "" : ` ${ending.failure.message}`}`]),
      ...missing.map((path) => `${path} is not named`),
      ...beside.map((path) => `${path} is named as well`),
    ],
  };
};

/** Among the paths of a case: others may be named beside them. */
const AND_MORE = "...";

const readContained = (one: HostileCase, run: PlayedRun | "none"): Reading => {
  if (run === "none") return { got: "no run", by: "nothing", wrong: ["there was no run"] };
  const { ending } = run.result;
  const ended = [ending.kind, ...codesOf(run)].join(" ");
  const told = [
    ...codesOf(run).map((code) => [code, "its result"] as const),
    ...run.report.findings.map(({ code }) => [code, "a finding"] as const),
    ...run.report.attempts.flatMap(({ action, rule }) => [
      [rule, "a denied attempt"] as const,
      [`attempt/${action.replaceAll("_", "-")}`, "a denied attempt"] as const,
    ]),
  ];
  const by = one.code === "none" ? "the sandbox" : told.find(([code]) => code === one.code)?.[1];
  const isOver = ending.kind === "awaiting_outcome" || ending.kind === "voided";
  const isSo = one.ends === undefined ? isOver : ended === one.ends.join(" ");
  return {
    got: ended,
    by: by ?? "nothing",
    wrong: [
      ...(isSo ? [] : [`it ended as ${ended}${ending.failure === undefined ? "" : ` ${ending.failure.message}`}`]),
      ...(by === undefined ? [`${one.code} is told nowhere`] : []),
    ],
  };
};

/** An attack that did not try says nothing; one that got what it wanted says it. */
const untried = ({ prints }: HostileCase, { printed }: PlayedRun): readonly string[] => [
  ...prints.filter((text) => !printed.includes(text)).map((text) => `the attack did not print ${text}`),
  ...printed.split("\n").filter((line) => line.startsWith("ESCAPED")),
];

const objectionsToAct = ({ act, exit, output, changed }: PlayedAct): readonly string[] => {
  const wanted = act.refuses === undefined || act.exit !== 0 ? act.exit : 3;
  const texts = [...act.says, ...(act.refuses === undefined ? [] : [act.refuses])];
  const last = output.trim().split("\n").slice(-3).join(" ");
  return [
    ...(exit === wanted ? [] : [`a host act ended with ${exit}: ${last}`]),
    ...texts.filter((text) => !output.includes(text)).map((text) => `a host act did not say ${text}: ${last}`),
    ...changed.map((what) => `a refused command changed ${what}`),
  ];
};

const waitingFor = ({ host }: HostileCase, acts: readonly PlayedAct[]): readonly string[] =>
  host.filter((act) => acts.every((done) => done.act !== act)).map(({ at }) => `the moment ${at} never came`);

const codesOf = ({ result: { ending } }: PlayedRun): readonly string[] => [
  ...new Set(ending.refusals.map(({ code }): string => code)),
  ...(ending.failure === undefined ? [] : [ending.failure.code]),
];

const pathsOf = ({ result }: PlayedRun, code: string): readonly string[] =>
  result.ending.refusals.filter((one) => one.code === code).map(({ facts }) => textOf(facts["path"]));

/** As it was sealed every bundle verifies, also that of a run which somebody then changes. */
const unproven = ({ verdict }: PlayedRun): readonly string[] =>
  verdict.verdict === "PASS"
    ? []
    : verdict.checks
        .filter((check) => check.verdict !== "PASS")
        .map(({ says }) => `the bundle does not verify: ${says}`);

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const voidedBy = (code: string): string => {
  const [stage = ""] = code.split("/");
  return stage === "workspace" ? "a limit of the sandbox" : stage;
};
