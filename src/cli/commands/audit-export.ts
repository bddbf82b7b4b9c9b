import { open, rm } from "node:fs/promises";
import path from "node:path";

import { exportControls } from "../../harness/evidence/export-controls.ts";
import { exportTar } from "../../harness/evidence/export-tar.ts";
import { exportText } from "../../workflow/evidence/controls/export-text.ts";
import type { FrameworkId } from "../../workflow/evidence/controls/frameworks.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto audit export`: the population of runs, and what the evidence of each comes to for the controls of a framework. */
export const act: Act<{ readonly framework?: FrameworkId; readonly out?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world): Promise<Answer> => {
    const exported = await exportControls(world, flags.framework ?? "all");
    if (!exported.ok)
      return { noun: "audit-export", exit: EXIT.refused, data: {}, text: "", refusals: exported.refusals };
    const { report } = exported.value;
    const { schema: _ofTheFile, ...told } = report;
    const { integrity, completeness } = report.verdicts;
    const written =
      flags.out === undefined
        ? ""
        : await writeNew(path.resolve(context.cwd, flags.out), exportTar(world, exported.value));
    if (typeof written !== "string") return written;
    return {
      noun: "audit-export",
      exit: integrity === "PASS" && completeness === "PASS" ? EXIT.done : EXIT.unverified,
      data: { ...told, out: flags.out ?? null },
      text: [exportText(report), ...(written === "" ? [] : ["", `written       ${visible(written)}`])].join("\n"),
    };
  });

/** All of it into a file that was not there before, or nothing. */
const writeNew = async (file: string, parts: AsyncIterable<Uint8Array>): Promise<string | Answer> => {
  try {
    const handle = await open(file, "wx", 0o644);
    try {
      for await (const part of parts) await handle.appendFile(part);
      await handle.sync();
      return file;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.name === "Failure") throw error;
    const why = error.code === "EEXIST" ? "it is there already" : String(error.code);
    return usageError(
      `${visible(file)} cannot be written: ${why}`,
      "name a file that is not there, in a folder of yours",
    );
  }
};
