import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { examineSandbox } from "../examine-sandbox.ts";
import {
  examineGit,
  examineHome,
  examineNode,
  examineSigningTool,
  examineVariables,
  skippedHome,
  type Finding,
} from "../examine.ts";
import { EXIT, failureIn } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { waiting } from "../waiting.ts";

/** `cto doctor`: really tries what a run needs, and names the remedy of what does not hold. */
export const act: Act<{ readonly hostile: boolean; readonly only?: readonly string[] }, []> = async (
  context,
  flags,
) => {
  if (flags.hostile) return (await import("../hostile/doctor-hostile.ts")).doctorHostile(context, flags, flags.only);
  const wanted = (id: string): boolean =>
    flags.only === undefined || flags.only.some((only) => id.startsWith(only) || only.startsWith(`${id}/`));
  const found = (await findings(context, flags, wanted)).filter(
    ({ id }) => flags.only === undefined || flags.only.some((only) => id.startsWith(only)),
  );
  if (found.length === 0)
    return usageError(`no check begins with ${(flags.only ?? []).map(visible).join(" or ")}`, "cto doctor");
  const failed = found.filter(({ status }) => status === "fail");
  const rows = found.map(({ id, status, says, fix }) => [
    status,
    visible(id),
    visible(says) + (fix === "" ? "" : `\n${INDENT}${visible(fix)}`),
  ]);
  const end =
    failed.length === 0
      ? `All checks hold${found.some(({ status }) => status === "skip") ? " that could be made" : ""}.`
      : `${failed.length} of ${found.length} checks fail.`;
  return {
    noun: "doctor",
    exit: failed.length === 0 ? EXIT.done : EXIT.refused,
    data: { checks: found },
    text: `${table(rows)}\n${end}`,
  };
};

const INDENT = "      -> ";

/** Every check that is wanted, made now. */
export const findings = async (
  context: CliContext,
  flags: CommonFlags,
  wanted: (id: string) => boolean,
): Promise<readonly Finding[]> => {
  const machine = await context.openMachine();
  const found: Finding[] = [
    examineNode(process.versions.node),
    await examineGit(machine),
    await examineSigningTool(machine),
  ];
  if (wanted("sandbox")) {
    const done = waiting(context, flags, "starting a sandbox and trying to break out of it");
    try {
      found.push(...examineSandbox(await machine.probeSandbox()));
    } finally {
      done();
    }
  }
  found.push(...(await findingsOfHome(context, flags)), examineVariables(context.process.env));
  return found;
};

const findingsOfHome = async (context: CliContext, flags: CommonFlags): Promise<readonly Finding[]> => {
  try {
    const world = await context.openWorld(flags.home, "read");
    try {
      return await examineHome(world);
    } finally {
      await world.store.close();
    }
  } catch (error) {
    const failure = failureIn(error);
    if (failure.code === "home/absent" && flags.home === undefined)
      return skippedHome("no home here: cto init makes one");
    return [{ id: "home", status: "fail", says: failure.message, fix: failure.next }];
  }
};
