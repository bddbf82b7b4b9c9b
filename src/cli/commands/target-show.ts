import { checkTarget } from "../../harness/admission/read-targets.ts";
import { targetCheckObject } from "../../harness/objects/target-object.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickTarget } from "../pick-target.ts";
import { admissionRows, checkText } from "../show-target.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto target show ID`: the record beside what is seen of its target. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const picked = await pickTarget(world, given);
    if ("noun" in picked) return picked;
    const { source, record } = picked;
    const check = await checkTarget(world, source, record);
    return {
      noun: "target",
      exit: EXIT.done,
      data: { admission: record, path: source.path, sha256: source.digest, ...targetCheckObject(check) },
      text: `${table(admissionRows(record, source.path, world.clock.now().epochMs))}\n${checkText(check)}`,
    };
  });
