import { afterAll, beforeAll, expect, test } from "vitest";

import { readingOf, type Reading } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, runOnce, type Ground } from "../journeys/ground.ts";
import { jsonOf, runCto } from "./cli.ts";

// Every surface prints the objects that the reading verbs answer (surface.md, rule 8): here the command line.

const RUN = "R-049-01";
const WORK = "CTO-WORK-049";

let ground: Ground;
let world: World;
let reading: Reading;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open(openSwitches("scripted"));
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  reading = readingOf(world);
});
afterAll(() => ground.close());

/** What a command prints as JSON, beside what every command prints, as it is read back. */
const printed = async (...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
  const said = await runCto([...words, "--json"], { home: ground.home, env: openSwitches("scripted") });
  const { schema: _schema, ok: _ok, refusals: _refusals, ...data } = jsonOf(said);
  return data;
};

const asRead = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const valueOf = <T>(sought: { readonly found: boolean; readonly value?: T }): T | undefined => sought.value;

// What is only true of one moment.
const without = (value: unknown, ...names: readonly string[]): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (names.includes(name) ? undefined : member)));

const withoutSpace = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/"[\d.]+ GiB free"/g, '"so many bytes free"'));

test.each<[string, readonly string[], () => Promise<unknown>]>([
  ["status", ["status"], () => reading.status()],
  ["packets", ["packet", "list"], async () => ({ packets: await reading.packets() })],
  ["packet", ["packet", "show", WORK], async () => valueOf(await reading.packet(WORK))],
  ["preview", ["packet", "preview", WORK], async () => ({ view: valueOf(await reading.view(WORK)) })],
  ["works", ["work", "list"], async () => ({ works: await reading.works() })],
  ["work", ["work", "show", WORK], async () => valueOf(await reading.work(WORK))],
  ["runs", ["runs"], () => reading.runs({})],
  ["run", ["show", RUN], async () => valueOf(await reading.run(RUN))],
  ["targets", ["target", "list"], async () => ({ targets: await reading.targets() })],
  ["approvals", ["approval", "list"], async () => ({ approvals: await reading.approvals() })],
  ["explanation", ["explain", "approval/absent"], async () => valueOf(reading.explain("approval/absent"))],
])("the command line prints the %s that every surface prints", async (_, words, read) => {
  const told = asRead(await read());
  expect(Object.keys(told ?? {})).not.toEqual([]);
  // Its own refusals a command prints beside the object.
  expect(without(await printed(...words), "at", "refusals")).toEqual(without(told, "at", "refusals"));
});

test("a target that is looked at now is the same behind both", async () => {
  const [{ id }] = asRead(await reading.targets()) as readonly [{ readonly id: string }];
  expect(await printed("target", "show", id)).toEqual(asRead(valueOf(await reading.target(id))));
});

test("a gate, a log and the files of a bundle are the same behind the command line and behind a page", async () => {
  expect(withoutSpace(await printed("gate", WORK))).toEqual(withoutSpace(valueOf(await reading.gate(WORK))));
  const lines = valueOf(await reading.log(RUN, {}))?.lines;
  expect((await printed("logs", RUN))["lines"]).toEqual(asRead(lines));
  const files = valueOf(await reading.evidence(RUN));
  expect(files?.find(({ name }) => name === "patch.diff")).toMatchObject({ citedBy: ["C1"] });
  const diff = valueOf(await reading.diff(RUN));
  expect(await printed("diff", RUN)).toMatchObject({ files: asRead(diff?.files) });
  const verdict = valueOf(await reading.verify(RUN));
  expect(verdict?.verdict).toBe((await printed("verify", RUN))["verdict"]);
});

test("what is not there is answered with the names that may have been meant, and nothing is read by a path", async () => {
  expect(await reading.run("R-049-09")).toEqual({ found: false, near: [RUN] });
  expect(await reading.work("CTO-WORK-048")).toEqual({ found: false, near: [WORK] });
  for (const name of ["../report.json", "/etc/passwd", "..", "", "report.jso", "__proto__"])
    expect(await reading.artifact(RUN, name, { offset: 0, length: 10 })).toMatchObject({ found: false });
  expect(await reading.artifact("../R-049-01", "report.json", { offset: 0, length: 10 })).toMatchObject({
    found: false,
  });
});

test("a part of an artifact is those bytes, with the digest of the whole", async () => {
  const part = valueOf(await reading.artifact(RUN, "report.json", { offset: 1, length: 8 }));
  const whole = valueOf(await reading.artifact(RUN, "report.json", { offset: 0, length: 1_000_000 }));
  expect(Buffer.from(part?.bytes ?? []).toString()).toBe(
    Buffer.from(whole?.bytes ?? [])
      .toString()
      .slice(1, 9),
  );
  expect(part?.sha256).toBe(whole?.sha256);
  expect(part?.size).toBe(whole?.bytes.length);
});

test("events are told a page at a time, in their order", async () => {
  const page = valueOf(await reading.events(RUN, { after: 3, limit: 2 }));
  expect(page?.steps.map(({ seq }) => seq)).toEqual([4, 5]);
  expect(page?.total).toBeGreaterThan(50);
  const asked = { after: -1, limit: 9, types: ["run.ordered", "validation.finished"] };
  const some = valueOf(await reading.events(RUN, asked));
  expect(some?.steps.map(({ label }) => label)).toEqual(["run.ordered", ...Array(4).fill("validation.finished")]);
  const { entries, size } = await reading.audit({ after: 2, limit: 3 });
  expect([entries.map(({ seq }) => seq), size > 5]).toEqual([[3, 4, 5], true]);
});
