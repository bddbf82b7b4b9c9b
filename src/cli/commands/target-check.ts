import { checkTarget } from "../../harness/admission/read-targets.ts";
import { targetCheckObject } from "../../harness/objects/target-object.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickTarget } from "../pick-target.ts";
import { checkText } from "../show-target.ts";
import { withWorld } from "../with-world.ts";

/** `cto target check ID`: exit 3 when anything is not as it was admitted. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const picked = await pickTarget(world, given);
    if ("noun" in picked) return picked;
    const { source, record } = picked;
    const check = await checkTarget(world, source, record);
    const isAsAdmitted = check.drift.length === 0;
    return {
      noun: "target-check",
      exit: isAsAdmitted ? EXIT.done : EXIT.refused,
      data: { admission: record, path: source.path, ...targetCheckObject(check) },
      text: isAsAdmitted ? checkText(check) : "",
      ...(isAsAdmitted ? {} : { refusals: check.drift, spared: "Nothing was written." }),
    };
  });
