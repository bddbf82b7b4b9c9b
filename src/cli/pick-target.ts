import type { AdmissionReading } from "../harness/admission/read-targets.ts";
import { readAdmissions } from "../harness/admission/read-targets.ts";
import type { World } from "../harness/world.ts";
import type { AdmissionRecord } from "../workflow/admission/admission.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./exit-code.ts";
import { isAnswer, pick } from "./pick.ts";

/** An admission that can be read. */
export interface PickedTarget {
  readonly source: AdmissionReading["source"];
  readonly record: AdmissionRecord;
}

/** The Admission record that is meant: by its id, its own path, or the path of its target. */
export const pickTarget = async (world: World, given: string): Promise<PickedTarget | Answer> => {
  const readings = await readAdmissions(world);
  const names = new Map<string, AdmissionReading>();
  for (const reading of readings) {
    names.set(reading.source.path, reading);
    if (!reading.read.ok) continue;
    names.set(reading.read.value.path, reading);
    names.set(reading.read.value.id, reading);
  }
  const picked = pick({ what: "admission", list: "cto target list" }, given, [...names.keys()]);
  if (isAnswer(picked)) return picked;
  const reading = names.get(picked);
  if (reading === undefined) throw new TypeError("what was picked is there");
  const { source, read } = reading;
  if (read.ok) return { source, record: read.value };
  return { noun: "target", exit: EXIT.refused, data: { path: source.path }, text: "", refusals: read.refusals };
};
