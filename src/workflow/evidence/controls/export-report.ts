import type { Control, ControlStatus, Framework } from "./control.ts";
import { CONTROL_STATUSES } from "./control.ts";
import type { JudgedControl } from "./judge-control.ts";
import type { PopulationRow, PopulationVerdicts } from "./population.ts";

/** One control over all runs: its lowest status among the runs that it applies to, and what each of them rests on. */
export interface ExportedControl extends Control {
  readonly status: ControlStatus;
  readonly counts: Readonly<Record<ControlStatus, number>>;
  readonly runs: readonly (Omit<JudgedControl, "control"> & { readonly run: string })[];
}

/** export.json: same home, same bytes; no time of its making stands in it. */
export interface ExportReport {
  readonly schema: "cto/control-export/v1";
  readonly harness: string;
  readonly ledger: { readonly origin: string; readonly size: number; readonly rootHash: string };
  readonly verdicts: PopulationVerdicts;
  readonly population: readonly PopulationRow[];
  readonly frameworks: readonly {
    readonly id: string;
    readonly title: string;
    readonly controls: readonly ExportedControl[];
  }[];
  readonly notClaimed: readonly string[];
}

/** Lowest first: one run that shows little is not outweighed by others. */
const WORST: readonly ControlStatus[] = ["insufficient", "partial", "sufficient"];

export const exportedFramework = (
  { id, title, controls }: Framework,
  judged: ReadonlyMap<string, readonly JudgedControl[]>,
): ExportReport["frameworks"][number] => ({
  id,
  title,
  controls: controls.map((control): ExportedControl => {
    const runs = [...judged].flatMap(([run, all]) =>
      all.filter((one) => one.control === control.id).map(({ status, restsOn }) => ({ run, status, restsOn })),
    );
    const count = (status: ControlStatus): number => runs.filter((one) => one.status === status).length;
    const [sufficient, partial, insufficient, none] = CONTROL_STATUSES.map(count);
    return {
      ...control,
      status: WORST.find((status) => count(status) > 0) ?? "not-applicable",
      counts: {
        sufficient: sufficient ?? 0,
        partial: partial ?? 0,
        insufficient: insufficient ?? 0,
        "not-applicable": none ?? 0,
      },
      runs,
    };
  }),
});

/** What no export of this form shows; printed with every one (R144). */
export const EXPORT_NOT_CLAIMED: readonly string[] = [
  "that a norm, a law or a criterion is fulfilled: that is somebody else's to judge",
  "anything about work that did not go through this program",
  "an outside witness: keys and times are this host's own",
  "how long records are kept, and who reads them",
  "that any rule asks for evidence of refusals; blocked and voided runs are here so that nothing is left out",
  "that the words for a control are those of its framework",
];
