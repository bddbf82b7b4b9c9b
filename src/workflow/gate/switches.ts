import type { BackendKind, Contract } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import { refusal, type Refusal } from "../refusal.ts";

/** The four environment variables by which an operator opens one run of one backend (R056). */
export interface Switches {
  readonly allow: string;
  readonly stage: string;
  readonly admissionFile: string;
  readonly outcome: string;
}

export const switchesOf = (kind: BackendKind): Switches => {
  const prefix = `CTO_HARNESS_`;
  const name = kind.toUpperCase();
  return {
    allow: `${prefix}ALLOW_${name}`,
    stage: `${prefix}${name}_STAGE`,
    admissionFile: `${prefix}${name}_STAGE5_TARGET_ADMISSION_FILE`,
    outcome: `${prefix}${name}_STAGE5_OPERATOR_OUTCOME`,
  };
};

export interface SwitchReadings {
  /** The environment as given; a name that is absent is not set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the admission file variable leads to: its path relative to the home, and the digest of its bytes. */
  readonly admissionFile: { readonly path: string; readonly digest: Digest } | "unreadable";
}

/** Exact strings only; each variable that is not as it must be is named. Necessary, never sufficient (R057). */
export function* objectionsToSwitches(
  contract: Contract,
  readings: SwitchReadings,
  admission: Digest | "absent",
): Iterable<Refusal> {
  const { backend, stage } = contract.executionGate;
  const { env, admissionFile } = readings;
  const { admissionSource } = contract.targetRepository;
  const switches = switchesOf(backend);
  const notSet = (variable: string, expected: string): Refusal => refusal("gate/env-not-set", { variable, expected });

  if (env[switches.allow] !== "1") yield notSet(switches.allow, "1");
  if (env[switches.stage] !== String(stage)) yield notSet(switches.stage, String(stage));
  if ((env[switches.admissionFile] ?? "") === "") yield notSet(switches.admissionFile, admissionSource);
  else if (
    admissionFile === "unreadable" ||
    admissionFile.path !== admissionSource ||
    admissionFile.digest !== admission
  )
    yield refusal("gate/admission-file-differs", {
      variable: switches.admissionFile,
      expected: admissionSource,
      found: foundAt(admissionFile, admissionSource),
    });
  if (env[switches.outcome] !== undefined) yield refusal("gate/outcome-preset", { variable: switches.outcome });
}

const foundAt = (file: SwitchReadings["admissionFile"], expected: string): string => {
  if (file === "unreadable") return "nothing that can be read";
  return file.path === expected ? "other bytes" : "another file";
};
