import type { CliContext } from "../../../src/cli/context.ts";
import { runCli } from "../../../src/cli/run-cli.ts";
import { openHome } from "../../../src/compose.ts";
import type { Field } from "./field.ts";

/** One `cto` command line over the home of a field, without a terminal. */
export const cto = async (
  { ground }: Pick<Field, "ground">,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> => {
  const said = { out: "", err: "" };
  const unused = (): never => {
    throw new Error("this command line needs a home");
  };
  const context: CliContext = {
    process: {
      stdout: { write: (text) => void (said.out += String(text)), isTTY: false },
      stderr: { write: (text) => void (said.err += String(text)), isTTY: false },
      env,
    },
    cwd: ground.root,
    ask: undefined,
    guide: undefined,
    readInput: async () => new Uint8Array(),
    openWorld: (home, mode) => openHome({ home, cwd: ground.root, mode, environment: env, terminal: false }),
    openEvidence: unused,
    makeHome: unused,
    openStoreKeeper: unused,
    backUpHome: unused,
    restoreHome: unused,
    openMachine: unused,
    serve: async (order) => (await import("../../../src/control-surface/serve.ts")).serveSurface(order),
    serveLsp: () => Promise.reject(new Error("no hostile command of these serves an editor")),
    serveMcp: () => Promise.reject(new Error("no hostile command of these serves an assistant")),
    onStop: () => () => undefined,
    abandon: () => undefined,
  };
  const exit = await runCli([...argv, "--home", ground.home], context);
  return { exit, ...said };
};
