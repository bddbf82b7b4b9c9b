import { readAdmissions } from "../../harness/admission/read-targets.ts";
import { admissionObject } from "../../harness/objects/target-object.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto target list`: every record as it reads; whether it holds today only `cto target check` says. */
export const act: Act<object, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const readings = await readAdmissions(world);
    const now = world.clock.now().epochMs;
    const rows = readings.map(({ source, read }) =>
      read.ok
        ? [
            read.value.status,
            visible(read.value.id),
            visible(read.value.path),
            `expires ${relative(read.value.expiresAt, now)}`,
          ]
        : ["unreadable", "-", visible(source.path), read.refusals[0].code],
    );
    return {
      noun: "targets",
      exit: EXIT.done,
      data: {
        targets: readings.map(admissionObject),
      },
      text: rows.length === 0 ? "No target is admitted. cto target admit PATH --key KEY" : table(rows),
    };
  });
