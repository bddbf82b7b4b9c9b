import { refusalObject } from "../harness/objects/refusal-object.ts";
import type { RefusalObject } from "../harness/objects/refusal.ts";
import { Failure } from "../workflow/failure.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { EXIT, exitOfError } from "./exit-code.ts";
import { jsonLine } from "./json-line.ts";
import { filledIn, jsonFailure, showFailure, showRefusals } from "./show.ts";

/** Lets a command act, prints its answer, or what was thrown, and gives the exit code. */
export const answerWith = async (
  context: CliContext,
  flags: CommonFlags,
  act: () => Promise<Answer>,
): Promise<number> => {
  try {
    const answer = await act();
    if (answer.isTold !== true) print(context, flags, answer);
    return answer.exitOfCommand ?? answer.exit;
  } catch (error) {
    printError(context, flags, error);
    return exitOfError(error);
  }
};

/** Prints an answer as every command does. */
export const print = ({ process: { stdout, stderr } }: CliContext, { json }: CommonFlags, answer: Answer): void => {
  const { noun, data, text, raw, story = "", refusals = [], spared, exit, exitOfCommand, tellsRefusals } = answer;
  if (json) {
    const told = (one: RefusalObject): RefusalObject => ({ ...one, next: filledIn(one.next, data) });
    const ok = (exitOfCommand ?? exit) === EXIT.done;
    stdout.write(jsonLine({ schema: `cto.${noun}.v1`, ok, refusals: refusals.map(refusalObject).map(told), ...data }));
    return;
  }
  if (story !== "") stderr.write(`${story}\n`);
  if (raw !== undefined) stdout.write(raw);
  else if (text !== "") stdout.write(`${text}\n`);
  if (refusals.length > 0 && tellsRefusals !== true) stderr.write(`${showRefusals(refusals, spared, data)}\n`);
};

const printError = (
  { process: { stdout, stderr } }: CliContext,
  { json, verbose }: CommonFlags,
  error: unknown,
): void => {
  if (error instanceof Failure) {
    if (json)
      stdout.write(jsonLine({ schema: "cto.failure.v1", ok: false, refusals: [], failure: jsonFailure(error) }));
    else stderr.write(`${showFailure(error)}\n`);
  } else {
    const says = error instanceof Error ? error.message : String(error);
    if (json) stdout.write(jsonLine({ schema: "cto.bug.v1", ok: false, refusals: [], bug: says }));
    else
      stderr.write(
        `bug       ${visible(says)}\nnext      please report this with the output of the same command and -v\n`,
      );
  }
  if (verbose && error instanceof Error) stderr.write(`${error.stack ?? ""}\n`);
};
