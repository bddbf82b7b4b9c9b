/** One run as the population tells it, sealed or not (R138). */
export interface PopulationRow {
  /** Given out by the home, from 1, without a gap. */
  readonly runNo: number;
  readonly run: string;
  readonly work: string;
  readonly kind: string;
  readonly orderedAt: string;
  /** How it ended; `interrupted` also for one that nobody holds any more, `open` while somebody does. */
  readonly ending: string;
  /** SHA-256 of SHA256SUMS as the ledger says it was sealed; null where it was not. */
  readonly sealed: string | null;
  readonly verify: "PASS" | "FAIL" | "NOT-PROVEN" | "no bundle";
  /** attested: A0 or A1; verified: A2 or A3, against a key of the trust root (R145). */
  readonly identity: "attested" | "verified" | "no approval";
  readonly outcome: "accepted" | "rejected" | "none";
}

/** Whether every bundle is as it was sealed, and whether every run is here: two verdicts, never one (R145). */
export interface PopulationVerdicts {
  readonly integrity: "PASS" | "FAIL" | "NOT-PROVEN";
  readonly completeness: "PASS" | "FAIL";
  /** What is missing or contradicts, one sentence each. */
  readonly alarms: readonly string[];
}

/** `given` is the number that the home gave out last. */
export const judgePopulation = (rows: readonly PopulationRow[], given: number): PopulationVerdicts => {
  const numbers = new Set(rows.map(({ runNo }) => runNo));
  const missing = Array.from({ length: Math.min(given, NUMBERS_MAX) }, (_, at) => at + 1).filter(
    (number) => !numbers.has(number),
  );
  const beyond = rows.filter(({ runNo }) => runNo < 1 || runNo > given);
  const gone = rows.filter(({ sealed, verify }) => sealed !== null && verify === "no bundle");
  const unsealed = rows.filter(({ sealed, ending }) => sealed === null && !UNSEALED.has(ending));
  const alarms = [
    ...(missing.length === 0 ? [] : [`run numbers are missing: ${listed(missing.map(String))}`]),
    ...(given > NUMBERS_MAX ? [`the home claims to have given ${given} run numbers`] : []),
    ...(numbers.size === rows.length ? [] : ["a run number was given twice"]),
    ...beyond.map(({ run, runNo }) => `${run} has the number ${runNo}, which was never given`),
    ...gone.map(({ run }) => `the sealed bundle of ${run} is not here`),
    ...unsealed.map(({ run, ending }) => `${run} ended as ${ending} and was never sealed`),
  ];
  const verdicts = rows.map(({ verify }) => verify).filter((verify) => verify !== "no bundle");
  const integrity = verdicts.includes("FAIL") ? "FAIL" : verdicts.includes("NOT-PROVEN") ? "NOT-PROVEN" : "PASS";
  return { integrity, completeness: alarms.length === 0 ? "PASS" : "FAIL", alarms };
};

const UNSEALED: ReadonlySet<string> = new Set(["interrupted", "open"]);
const NUMBERS_MAX = 1_000_000;

const listed = (names: readonly string[]): string =>
  names.length <= LISTED_MAX
    ? names.join(", ")
    : `${names.slice(0, LISTED_MAX).join(", ")} and ${names.length - LISTED_MAX} more`;

const LISTED_MAX = 20;
