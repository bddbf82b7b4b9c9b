import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";

/** `cto mcp`: an assistant reads this home. Standard output belongs to the protocol, so nothing else is printed there. */
export const act: Act<object, []> = async ({ serveMcp }, { home, json }) => {
  if (json) return usageError("cto mcp speaks JSON already, one message a line", "cto mcp, started by an MCP client");
  await serveMcp(home);
  return { noun: "mcp", exit: EXIT.done, data: {}, text: "" };
};
