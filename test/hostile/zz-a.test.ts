import { expect, test } from "vitest";
import { openField, approve, trial, HONEST } from "./support/field.ts";
import { isBlocked, gateCodes } from "./support/blocked.ts";
import { approveBy } from "../journeys/ground.ts";
const timed = async <T>(n: string, f: () => Promise<T>): Promise<T> => { const t = performance.now(); const r = await f(); console.log(n, Math.round(performance.now() - t)); return r; };
test("x", async () => {
  const field = await timed("open", () => openField());
  await timed("blocked", () => isBlocked(field, "approval/absent"));
  await timed("near", () => approveBy(field.world, field.ground, "no"));
  await timed("approve", () => approve(field, []));
  await timed("gate", () => gateCodes(field.world, field.ground.work));
  const v = await timed("void", () => trial(field, []).catch(e => e));
  console.log(v.codes ?? v);
  const w = await timed("honest", () => trial(field, [HONEST]));
  console.log(w.codes, w.report.findings);
  await field.close();
}, 100000);
