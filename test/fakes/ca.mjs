#!/usr/bin/env node
// A `ca` that plays steps instead of asking a model: same arguments, environment, files and event log as the real one.
// The steps are in `ca.steps.json` beside this file: { "steps": [...], "end": "completed" | "failed" | "none", "exit": 0 }
//   { edit, old, new } { write, content } { delete } { bash }   what it does to the folder, told as tool events
//   { mark } { status } { event } { line } { flood } { say }    what it claims: marks, task status, events, garbage, output
//   { sleepMs } { hang } { orphan } { crash }                   timing and bad endings
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const [command, taskFlag, task, modeFlag, mode, ...more] = process.argv.slice(2);
if (command !== "run" || taskFlag !== "--task" || modeFlag !== "--mode" || mode !== "unattended" || more.length > 0) {
  console.error("usage: ca run --task FILE --mode unattended");
  process.exit(2);
}
for (const name of [
  "HOME",
  "CASE_DATA_DIR",
  "CASE_PACKAGE_ROOT",
  "PI_CODING_AGENT_DIR",
  "ANTHROPIC_API_KEY",
  "CASE_QUIET",
])
  if (!process.env[name]) {
    console.error(`ca: ${name} is not set`);
    process.exit(3);
  }

const readJson = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const { repos } = readJson(path.join(process.env.CASE_DATA_DIR, "projects.json"));
readJson(path.join(process.env.CASE_DATA_DIR, "config.json"));
readJson(path.join(process.env.PI_CODING_AGENT_DIR, "models.json"));
for (const agent of ["implementer", "verifier", "reviewer", "closer", "retrospective"])
  fs.accessSync(path.join(process.env.CASE_PACKAGE_ROOT, "agents", `${agent}.md`));
if (repos.length !== 1) process.exit(3);

const taskJson = readJson(task);
const taskFolder = path.join(".case", taskJson.id);
fs.accessSync(task.replace(/\.task\.json$/, ".md"));
fs.mkdirSync(path.join(taskFolder, "events"), { recursive: true });
const eventLog = path.join(taskFolder, "events", "run-fake.jsonl");
const {
  steps,
  end = "completed",
  exit = 0,
} = readJson(path.join(fs.realpathSync(import.meta.dirname), "ca.steps.json"));

let sequence = 0;
const append = (line) => fs.appendFileSync(eventLog, `${line}\n`);
const tell = (event, fields = {}) =>
  append(JSON.stringify({ ts: new Date().toISOString(), sequence: (sequence += 1), runId: "fake", event, ...fields }));
const setStatus = (fields) => {
  Object.assign(taskJson, fields);
  fs.writeFileSync(task, `${JSON.stringify(taskJson, null, 2)}\n`);
};

let calls = 0;
const tool = (name, args, act) => {
  const toolCallId = `tc-${(calls += 1)}`;
  const said = { phase: "implement", agent: "implementer", toolCallId, tool: name };
  tell("tool_start", { ...said, args: args.slice(0, 500) });
  try {
    act();
    tell("tool_end", { ...said, isError: false, durationMs: 1 });
  } catch (error) {
    tell("tool_end", { ...said, isError: true, error: String(error.message).slice(0, 500), durationMs: 1 });
  }
};

const players = {
  edit: (step) =>
    tool("edit", step.edit, () => {
      const text = fs.readFileSync(step.edit, "utf8");
      if (!text.includes(step.old)) throw new Error("the old text is not in the file");
      fs.writeFileSync(
        step.edit,
        text.replace(step.old, () => step.new),
      );
    }),
  write: (step) =>
    tool("write", step.write, () => {
      fs.mkdirSync(path.dirname(step.write), { recursive: true });
      fs.writeFileSync(step.write, step.content);
    }),
  delete: (step) => tool("bash", `rm -r ${step.delete}`, () => fs.rmSync(step.delete, { recursive: true })),
  bash: (step) =>
    tool("bash", step.bash, () => void execFileSync("bash", ["-c", step.bash], { timeout: 60_000, stdio: "ignore" })),
  mark: ({ mark }) => {
    fs.writeFileSync(path.join(taskFolder, mark), "");
    tell("marker_written", { marker: mark });
    setStatus({ [mark]: true });
  },
  status: ({ status }) => {
    tell("status_changed", { status, prUrl: null });
    setStatus({ status });
  },
  event: ({ event }) => tell(event.event, event),
  line: ({ line }) => append(line),
  flood: ({ flood }) => append("x".repeat(flood)),
  say: ({ say }) => console.log(say),
  sleepMs: ({ sleepMs }) => new Promise((resolve) => setTimeout(resolve, sleepMs)),
  hang: () => new Promise(() => setInterval(() => {}, 60_000)),
  orphan: ({ orphan }) => spawn("sleep", [String(orphan)], { detached: true, stdio: "ignore" }).unref(),
  crash: ({ crash }) => process.exit(crash),
};

tell("pipeline_start", {
  taskId: taskJson.id,
  profile: taskJson.profile ?? "tiny",
  plan: { phases: ["implement", "close"] },
});
setStatus({ status: "implementing" });
tell("phase_start", { phase: "implement", agent: "implementer" });
for (const step of steps) await players[Object.keys(players).find((name) => step[name] !== undefined)](step);
tell("phase_end", {
  phase: "implement",
  agent: "implementer",
  outcome: end === "failed" ? "failed" : "completed",
  durationMs: 1,
});
tell("phase_skipped", { phase: "verify" });
if (end !== "none") tell("pipeline_end", { outcome: end, durationMs: 1 });
process.exit(exit);
