// An ACP agent that answers until a method and then never again; it hears neither the end of its input nor a signal, and
// has a grandchild that hears none either.
//   node mute-agent.mjs STEPS.json      { "steps": [METHOD] }
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createInterface } from "node:readline";

const [mute] = JSON.parse(fs.readFileSync(process.argv[2], "utf8")).steps;
for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => {});
spawn("bash", ["-c", "trap '' TERM HUP; setsid sleep 600 & wait"], { detached: true, stdio: "ignore" }).unref();
setInterval(() => {}, 60_000);

const results = {
  initialize: {
    protocolVersion: 1,
    agentInfo: { name: "mute", version: "1.0.0" },
    agentCapabilities: {},
    authMethods: [],
  },
  "session/new": { sessionId: "mute-1" },
};
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (method !== mute && results[method] !== undefined)
    console.log(JSON.stringify({ jsonrpc: "2.0", id, result: results[method] }));
});
