import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readCases } from "../../src/cli/hostile/read-cases.ts";
import { runAttackControls, type ControlRow } from "./attack-control.ts";
import { runControl } from "./control.ts";
import { ATTACKS } from "./sandbox-attacks.ts";

const cases = (await readCases()).flatMap((read) => (read.ok && read.value.script !== "" ? [read.value] : []));

describe("where nothing confines it", () => {
  let rows: readonly ControlRow[] = [];
  beforeAll(async () => {
    rows = [...(await runControl(cases)), ...(await runAttackControls())];
  }, 300_000);
  afterAll(() => (rows = []));

  test.each([...cases.map(({ id }) => id), ...ATTACKS.map(({ name }) => `attack: ${name}`)])(
    "R064 an attack does its deed, or says why it cannot: %s",
    (id) => {
      expect(rows.filter((row) => row.id === id && row.came !== "stopped")).toHaveLength(1);
    },
  );

  test("R064 the stories of outliving, filling and flooding do theirs as well", () => {
    expect(rows.filter(({ came }) => came === "stopped")).toEqual([]);
    expect(rows.filter(({ came }) => came === "succeeds").length).toBeGreaterThan(rows.length / 2);
  });
});
