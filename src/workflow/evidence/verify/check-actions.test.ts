import { expect, test } from "vitest";

import { FORBIDDEN_ACTIONS } from "../../contract/contract.ts";
import { checkActions } from "./check-actions.ts";
import type { EventData } from "./events.ts";
import type { Reading } from "./reading.ts";

const collected = (data: EventData["data"]): Event => ({
  bytes: new Uint8Array(),
  leaf: new Uint8Array(),
  line: 1,
  event: {
    source: "",
    type: "cto.workspace.collected.v1",
    dataschema: "",
    subject: "",
    time: "",
    sequence: "",
    prevhash: "",
    trust: "",
    authtype: "",
    authid: "",
    data,
  },
});
type Event = NonNullable<Reading["events"]>[number];

const PROBES = ["network", "relay-deny", "write-target", "read-key", "read-secret", "environment"].flatMap((id) =>
  ["before", "after"].map((pass) => ({ sandbox: 0, id, pass, verdict: "held" })),
);

const verdictsOn = (events: readonly Event[]): readonly string[] => {
  const actions = FORBIDDEN_ACTIONS.map((action) => ({
    action,
    verdict: action === "credential_change" ? "not possible" : "not observed",
  }));
  const reading = {
    report: { actions, attempts: [], verdict: "voided" },
    confinement: { level: "A", sandboxes: [{ purpose: "agent" }], probes: PROBES },
    records: {},
    events,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these four are looked at
  return checkActions(reading as unknown as Reading).map(({ verdict }) => verdict);
};

test("nothing is called impossible of a workspace that was not read to its end", () => {
  expect(verdictsOn([collected({ files: 3 })])).toEqual(["PASS"]);
  expect(verdictsOn([collected({ files: 0, limit: "harvest-changes" })])).toEqual(["FAIL"]);
});
