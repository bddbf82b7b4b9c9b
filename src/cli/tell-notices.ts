import { deliverNotices } from "../harness/notices/deliver-notices.ts";
import { flushNotices } from "../harness/notices/tell-notices.ts";
import type { World } from "../harness/world.ts";
import { visible } from "../workflow/visible-text.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { failureIn } from "./exit-code.ts";

/** A line on stderr about a notice that did not get where it should. */
export const noticeTeller =
  ({ process }: CliContext, { quiet, json }: Pick<CommonFlags, "quiet" | "json">): ((line: string) => void) =>
  (line) => {
    if (!quiet && !json) process.stderr.write(`notice    ${visible(line)}\n`);
  };

/** What a command recorded stands in the file of notices when it answers; everybody else is told by a run or a server. */
export const writeNotices = (context: CliContext, flags: CommonFlags, world: World): Promise<void> =>
  afterwards(noticeTeller(context, flags), async (tell) => {
    const { problems } = await deliverNotices(world, "file", AbortSignal.abort());
    problems.forEach(tell);
  });

/** Everybody is told of a run that ended, for as long as a command may wait for that. */
export const tellOfRun = (context: CliContext, flags: CommonFlags, world: World): Promise<void> =>
  afterwards(noticeTeller(context, flags), (tell) => flushNotices(world, tell));

/** The command has done its work: whatever goes wrong here is told, and takes nothing back. */
const afterwards = async (
  tell: (line: string) => void,
  act: (tell: (line: string) => void) => Promise<void>,
): Promise<void> => {
  try {
    await act(tell);
  } catch (error) {
    tell(failureIn(error).message);
  }
};
