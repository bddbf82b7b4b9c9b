/** Whether a next step names a command that can be given as it stands. */
const holdsCommand = (step: string): boolean => COMMAND.test(step);

const COMMAND = /(?:^|[ `:(,;])(?:cto [a-z]|(?:git|ssh-keygen|chmod|unset|export|npm|sudo) [\w-]|script\/[a-z])/;

/** The line that leads on where no next step does: what the code means, why the rule exists, and what to do. */
export const explained = (code: string, steps: readonly string[]): readonly string[] =>
  steps.some(holdsCommand) ? [] : [`more      cto explain ${code}`];
