import { constantFrom, assert, property, record, string } from "fast-check";
import { expect, test } from "vitest";

import { ADMISSION_PATH, CONTRACT } from "../../../test/fixtures/governed.ts";
import { BACKEND_KINDS, type Contract } from "../contract/contract.ts";
import { digestOf } from "../digest.ts";
import { objectionsToSwitches, switchesOf, type SwitchReadings } from "./switches.ts";

const ADMISSION = digestOf("the admission record");
const names = switchesOf("case");
const set = { [names.allow]: "1", [names.stage]: "5", [names.admissionFile]: "/home/jp/admission.json" };
const good: SwitchReadings = { env: set, admissionFile: { path: ADMISSION_PATH, digest: ADMISSION } };

const told = (readings: Partial<SwitchReadings>, contract: Contract = CONTRACT): readonly string[] =>
  [...objectionsToSwitches(contract, { ...good, ...readings }, ADMISSION)].map(
    ({ code, facts }) => `${code} ${facts["variable"]}`,
  );
const env = (change: Readonly<Record<string, string | undefined>>): Partial<SwitchReadings> => ({
  env: { ...set, ...change },
});

test("R056 the four names are the seed's, and each backend has its own", () => {
  expect(names).toEqual({
    allow: "CTO_HARNESS_ALLOW_CASE",
    stage: "CTO_HARNESS_CASE_STAGE",
    admissionFile: "CTO_HARNESS_CASE_STAGE5_TARGET_ADMISSION_FILE",
    outcome: "CTO_HARNESS_CASE_STAGE5_OPERATOR_OUTCOME",
  });
  const all = BACKEND_KINDS.flatMap((kind) => Object.values(switchesOf(kind)));
  expect(new Set(all).size).toBe(16);
  expect(switchesOf("scripted").allow).toBe("CTO_HARNESS_ALLOW_SCRIPTED");
});

test("R056 three variables set exactly and the outcome unset raise no objection", () => {
  expect(told({})).toEqual([]);
});

const notSet = (name: keyof typeof names): string => `gate/env-not-set ${names[name]}`;
const differs = `gate/admission-file-differs ${names.admissionFile}`;

test.each<[string, Partial<SwitchReadings>, readonly string[]]>([
  ["nothing set", { env: {} }, [notSet("allow"), notSet("stage"), notSet("admissionFile")]],
  ["only the first", { env: { [names.allow]: "1" } }, [notSet("stage"), notSet("admissionFile")]],
  ["only the second", { env: { [names.stage]: "5" } }, [notSet("allow"), notSet("admissionFile")]],
  ["only the third", { env: { [names.admissionFile]: "x" } }, [notSet("allow"), notSet("stage")]],
  ["without the first", env({ [names.allow]: undefined }), [notSet("allow")]],
  ["without the second", env({ [names.stage]: undefined }), [notSet("stage")]],
  ["without the third", env({ [names.admissionFile]: undefined }), [notSet("admissionFile")]],
  ["an empty third", env({ [names.admissionFile]: "" }), [notSet("admissionFile")]],
  ["stage 4", env({ [names.stage]: "4" }), [notSet("stage")]],
  ["a file that cannot be read", { admissionFile: "unreadable" }, [differs]],
  ["another file of the same bytes", { admissionFile: { path: "copy.json", digest: ADMISSION } }, [differs]],
  ["the file with other bytes", { admissionFile: { path: ADMISSION_PATH, digest: digestOf("x") } }, [differs]],
  ["an outcome that is there before", env({ [names.outcome]: "accepted" }), [`gate/outcome-preset ${names.outcome}`]],
  ["an outcome that is empty", env({ [names.outcome]: "" }), [`gate/outcome-preset ${names.outcome}`]],
  [
    "the variables of another backend",
    { env: { CTO_HARNESS_ALLOW_ACP: "1", CTO_HARNESS_ACP_STAGE: "5" } },
    [notSet("allow"), notSet("stage"), notSet("admissionFile")],
  ],
  [
    "names in another case",
    { env: { cto_harness_allow_case: "1" } },
    [notSet("allow"), notSet("stage"), notSet("admissionFile")],
  ],
])("R056 %s is told variable by variable", (_, readings, objections) => {
  expect(told(readings)).toEqual(objections);
});

test.each(["true", "TRUE", "yes", "on", "01", " 1", "1 ", "1\n", "+1", "1.0", "0x1", "\u{ff11}", "", "0", "2"])(
  "R056 %j is not the value 1",
  (value) => {
    expect(told(env({ [names.allow]: value }))).toEqual([notSet("allow")]);
  },
);

test.each(["5.0", "05", " 5", "5 ", "\u{ff15}", "five", "", "4", "6", "55", "5\r"])(
  "R056 %j is not stage 5",
  (value) => {
    expect(told(env({ [names.stage]: value }))).toEqual([notSet("stage")]);
  },
);

test("R056 another stage in the contract asks for its own number", () => {
  const four = { ...CONTRACT, executionGate: { ...CONTRACT.executionGate, stage: 4 } };
  expect(told({}, four)).toEqual([notSet("stage")]);
  expect(told(env({ [names.stage]: "4" }), four)).toEqual([]);
});

test("an admission record that is not there is named by no file", () => {
  const told = [...objectionsToSwitches(CONTRACT, good, "absent")].map(({ code }) => code);
  expect(told).toEqual(["gate/admission-file-differs"]);
});

test("R056 only the two exact values open, whatever else the environment holds", () => {
  const value = constantFrom("1", "5", "true", "", " 1", "05");
  assert(
    property(record({ allow: value, stage: value, other: string() }), ({ allow, stage, other }) => {
      const readings = env({ [names.allow]: allow, [names.stage]: stage, CTO_HARNESS_FORCE: other });
      expect(told(readings).length === 0).toBe(allow === "1" && stage === "5");
    }),
  );
});
