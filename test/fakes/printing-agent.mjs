// A program that prints (backends.md 7) and asks nobody: it plays the steps of the scripted agent by itself, or only says so.
//   node printing-agent.mjs STEPS.json      { "steps": [...], "acts": true | false }
// What it cannot do by printing, such as a request to its client, it prints as it would have sent it.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const { steps, acts = false } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const root = "/workspace";
const print = (line) => console.log(JSON.stringify(line));

let calls = 0;
const tool = (toolName, args, act) => {
  const toolCallId = `tool-${(calls += 1)}`;
  print({ type: "tool_execution_start", toolCallId, toolName, args });
  let isError = false;
  try {
    if (acts) act();
  } catch {
    isError = true;
  }
  print({ type: "tool_execution_end", toolCallId, isError });
};

const shell = (command) => () => execFileSync("bash", ["-c", command], { cwd: root, timeout: 60_000, stdio: "ignore" });
const write = (name, content) => () => {
  const file = path.resolve(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
};
const say = (text) => print({ type: "message_end", message: { role: "assistant", content: [{ type: "text", text }] } });

const players = {
  say: (step) => say(step.say),
  claim: (step) => say(step.claim),
  edit: ({ edit, old, new: next }) =>
    tool("edit", { path: edit }, () => {
      const text = fs.readFileSync(path.resolve(root, edit), "utf8");
      if (!text.includes(old)) throw new Error("the old text is not in the file");
      write(
        edit,
        text.replace(old, () => next),
      )();
    }),
  write: (step) => tool("write", { path: step.write }, write(step.write, step.content)),
  run: (step) => tool("bash", { command: step.run }, shell(step.run)),
  bash: (step) => tool("bash", { command: step.bash }, shell(step.bash)),
  terminal: (step) => tool("bash", { command: step.terminal, ...step.extra }, shell(step.terminal)),
  ask: ({ ask, then }) => {
    print({ type: "ask", ...ask });
    if (then !== undefined) play(then);
  },
  notify: ({ notify, params }) => print({ method: notify, params }),
  request: ({ request, params }) => print({ method: request, params }),
  line: ({ line }) => console.log(line),
  hang: () => setInterval(() => {}, 60_000),
  ignoreTerm: () => {
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 60_000);
  },
  orphan: ({ orphan }) => spawn("sleep", [String(orphan)], { detached: true, stdio: "ignore" }).unref(),
};

const play = (step) => {
  const name = Object.keys(players).find((key) => step[key] !== undefined);
  if (name === undefined) print({ type: "step", ...step });
  else players[name](step);
};

print({ type: "session", id: "printing-1" });
for (const step of steps) play(step);
print({ type: "agent_end" });
