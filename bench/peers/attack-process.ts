import { ATTACKS } from "../../test/hostile/sandbox-attacks.ts";
import { makeHost } from "../../test/hostile/sandbox-fixture.ts";
import { CONTROL_MS, openUnconfined } from "../../test/hostile/unconfined.ts";
import { attackRow, daemonRow, ourRow, type AttackRow } from "./attack-rows.ts";
import { caseRows, ourCaseRows } from "./case-rows.ts";
import { PEERS } from "./runners.ts";

/** Every attack script on one peer, or on this product, one after the other: a uid is looked at as a whole. */
const rowsOf = async (id: string): Promise<readonly AttackRow[]> => {
  const peer = PEERS.find((one) => one.id === id);
  const control = peer === undefined ? undefined : openUnconfined(CONTROL_MS.ends, peer.runner);
  const host = await makeHost(control);
  const rows: AttackRow[] = [];
  try {
    for (const attack of ATTACKS)
      rows.push(control === undefined ? await ourRow(host, attack) : await attackRow(host, attack));
    rows.push(await daemonRow(host));
    return [...rows, ...(await (control === undefined ? ourCaseRows() : caseRows(control)))];
  } finally {
    control?.end();
    await host.close();
  }
};

// In a process of its own, whose environment really holds secrets, as that of the suite's own trials does.
console.log(JSON.stringify(await rowsOf(process.argv[2] ?? "")));
