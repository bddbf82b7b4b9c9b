import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";
import { versionOfBuild } from "../version.ts";
import { worldOrNone } from "../with-world.ts";

/** `cto lsp`: a language server for packets. Standard output belongs to the protocol, so nothing else is printed there. */
export const act: Act<object, []> = async (context, flags) => {
  if (flags.json) return usageError("cto lsp speaks JSON already, by its protocol", "cto lsp, started by an editor");
  const world = await worldOrNone(context, flags, "read");
  try {
    const { lspGround } = await import("../lsp/lsp-ground.ts");
    await context.serveLsp(lspGround(world), await versionOfBuild());
    return { noun: "lsp", exit: EXIT.done, data: {}, text: "" };
  } finally {
    await world?.store.close();
  }
};
