import type { Tally } from "./soak-tally.ts";

// What the tests of this process did, one row for each engine; printed at the end of each file of tests.

interface Figures {
  kills: number;
  powerCuts: number;
  /** Workers that froze or were cut off, and left by themselves. */
  cutOff: number;
  orders: number;
  ordersLost: number;
  mostEndsOfAnOrder: number;
  runs: number;
  verified: number;
  mostCommitsOfARun: number;
  wrongCommits: number;
  approvalsUsedTwice: number;
  runsWithLostEvents: number;
}

const NONE: Figures = {
  kills: 0,
  powerCuts: 0,
  cutOff: 0,
  orders: 0,
  ordersLost: 0,
  mostEndsOfAnOrder: 0,
  runs: 0,
  verified: 0,
  mostCommitsOfARun: 0,
  wrongCommits: 0,
  approvalsUsedTwice: 0,
  runsWithLostEvents: 0,
};

const all = new Map<string, Figures>();

/** The row of an engine, to be added to. */
export const figuresOf = (engine: string): Figures => {
  const known = all.get(engine) ?? { ...NONE };
  all.set(engine, known);
  return known;
};

/** Adds what came of the runs of a home. */
export const addTally = (figures: Figures, tally: Tally): void => {
  figures.runs += tally.runs;
  figures.verified += tally.verified;
  figures.mostCommitsOfARun = Math.max(figures.mostCommitsOfARun, tally.mostCommits);
  figures.wrongCommits += tally.wrongCommits.length;
  figures.approvalsUsedTwice += tally.approvalsUsedTwice.length;
  figures.runsWithLostEvents += tally.lostEvents.length + tally.wrongRecords.length;
};

const LINES: readonly (readonly [words: string, of: (figures: Figures) => number])[] = [
  ["kills done", ({ kills }) => kills],
  ["power cuts", ({ powerCuts }) => powerCuts],
  ["workers frozen or cut off that left", ({ cutOff }) => cutOff],
  ["orders finished", ({ orders }) => orders],
  ["  most ends of one", ({ mostEndsOfAnOrder }) => mostEndsOfAnOrder],
  ["  lost", ({ ordersLost }) => ordersLost],
  ["runs of the whole Harness finished", ({ runs }) => runs],
  ["  bundles that verify", ({ verified }) => verified],
  ["  most commits of one", ({ mostCommitsOfARun }) => mostCommitsOfARun],
  ["  another number than its ending has", ({ wrongCommits }) => wrongCommits],
  ["approvals used twice", ({ approvalsUsedTwice }) => approvalsUsedTwice],
  ["runs with lost events", ({ runsWithLostEvents }) => runsWithLostEvents],
];

/** Prints what the tests of this process did so far. */
export const tellFigures = (): void => {
  const engines = [...all];
  const table = LINES.map(([words, of]) =>
    [words.padEnd(40), ...engines.map(([engine, figures]) => String(of(figures)).padStart(engine.length + 3))].join(""),
  );
  console.log(["".padEnd(40) + engines.map(([engine]) => `   ${engine}`).join(""), ...table].join("\n"));
};
