import { diagnosticObjects } from "../../harness/objects/diagnostic-object.ts";
import { lintSot } from "../../harness/packet/lint-sot.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { countOf, lintText } from "../show-diagnostics.ts";
import { withWorld } from "../with-world.ts";

/** `cto sot lint`: every document of `.sot` that the Harness reads, with line and column; records nothing. */
export const act: Act<{ readonly format?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const linted = await lintSot(world);
    const { errors, warnings } = countOf(linted);
    const data = {
      diagnostics: linted.flatMap(diagnosticObjects),
      counts: { errors, warnings, documents: linted.length },
    };
    return {
      noun: "lint",
      exit: errors === 0 ? EXIT.done : EXIT.refused,
      data,
      text: await lintText(flags.format ?? "text", linted, data, "document"),
    };
  });
