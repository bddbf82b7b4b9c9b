// governed.mjs NAME PROGRAM [ARGUMENT...]: the tool call NAME, judged by the agent-governance-sdk before PROGRAM starts.
import { spawn } from "node:child_process";

import { AgentMeshClient, GenericFrameworkAdapter } from "@microsoft/agent-governance-sdk";

const [name, program, ...rest] = process.argv.slice(2);
const client = AgentMeshClient.create("bench-agent", {
  policyRules: [
    { action: "framework.tool_call.check", effect: "allow" },
    { action: "*", effect: "deny" },
  ],
});
const adapter = new GenericFrameworkAdapter(client);
const result = await adapter.run(
  { name, kind: "tool_call", input: { program, arguments: rest } },
  () =>
    new Promise((resolve) => {
      const child = spawn(program, rest, { stdio: "inherit" });
      child.once("error", () => resolve(127));
      child.once("exit", (code) => resolve(code ?? 1));
    }),
);
if (!result.allowed) process.stderr.write(`denied: ${result.reason}\n`);
process.exitCode = result.allowed ? result.output : 126;
