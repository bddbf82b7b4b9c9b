import type { ExportedControl, ExportReport } from "./export-report.ts";

/** The export as a page of plain text: verdicts first, then each control with what it rests on, then every run. */
export const exportText = ({ verdicts, ledger, population, frameworks, notClaimed }: ExportReport): string =>
  [
    `integrity     ${verdicts.integrity.padEnd(12)}${verified(population)} of ${population.length} runs have a bundle that verifies`,
    `completeness  ${verdicts.completeness.padEnd(12)}run numbers 1 to ${population.length}, ledger of ${ledger.size} entries, root ${ledger.rootHash}`,
    ...verdicts.alarms.map((alarm) => `alarm         ${alarm}`),
    ...frameworks.flatMap(({ id, title, controls }) => ["", `${id}  ${title}`, ...controls.flatMap(controlLines)]),
    "",
    "runs",
    ...population.map(({ runNo, run, ending, verify, identity, outcome }) =>
      [
        `  ${String(runNo).padStart(4)}  ${run.padEnd(12)}`,
        ending.padEnd(18),
        verify.padEnd(12),
        `identity ${identity}`.padEnd(24),
        outcome === "none" ? "" : outcome,
      ]
        .join("")
        .trimEnd(),
    ),
    "",
    "not claimed",
    ...notClaimed.map((text) => `  ${text}`),
  ].join("\n");

const verified = (population: ExportReport["population"]): number =>
  population.filter(({ verify }) => verify === "PASS").length;

const controlLines = ({
  id,
  asks,
  status,
  counts,
  atMost,
  because,
  runs,
  fields,
}: ExportedControl): readonly string[] => {
  const lacking = fields.flatMap((name) => {
    const without = runs.filter(({ restsOn }) => restsOn.some((rest) => rest.name === name && !rest.holds));
    return without.length === 0 ? [] : [`${name} (${without.length} of ${runs.length} runs)`];
  });
  const [first] = runs.flatMap(({ restsOn }) => [restsOn]).filter((rests) => rests.length > 0);
  return [
    `  ${status.padEnd(15)} ${id}  ${asks}`,
    `    runs      sufficient ${counts.sufficient}, partial ${counts.partial}, insufficient ${counts.insufficient}, not applicable ${counts["not-applicable"]}`,
    `    at most   ${atMost}: ${because}`,
    ...(first === undefined ? [] : [`    rests on  ${first.map(({ file, field }) => `${file} ${field}`).join(" · ")}`]),
    ...(lacking.length === 0 ? [] : [`    lacks     ${lacking.join(", ")}`]),
  ];
};
