// An ACP agent without a model: it plays a list of steps (backends.md 5). No dependencies.
//   node scripted-agent.mjs STEPS.json
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = process.env.CTO_WORKSPACE ?? "/workspace";
const inside = "/workspace";
const { steps } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

const waiting = new Map();
const session = { id: "scripted-1", cwd: inside, cancelled: false, leaveOnEof: true, wake: () => {} };
let lastId = 0;
let calls = 0;

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const notify = (method, params) => send({ method, params });
const update = (fields) => notify("session/update", { sessionId: session.id, update: fields });
const request = (method, params, id = `s${(lastId += 1)}`) =>
  new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send({ id, method, params });
  });

const onHost = (name) => path.resolve(root, name.startsWith(`${inside}/`) ? name.slice(inside.length + 1) : name);
const forClient = (name) => path.posix.resolve(inside, name);
const fileOf = (step) => step.read ?? step.edit ?? step.write ?? step.delete;
const commandOf = (step) => step.run ?? step.bash;
const kindOf = (step) =>
  step.read !== undefined
    ? "read"
    : step.delete !== undefined
      ? "delete"
      : commandOf(step) !== undefined
        ? "execute"
        : "edit";

const callOf = (step) => {
  const file = fileOf(step);
  const at = file === undefined ? undefined : forClient(file);
  const command = commandOf(step);
  return {
    toolCallId: `tool-${(calls += 1)}`,
    kind: step.kind ?? kindOf(step),
    status: "pending",
    title: step.title ?? command ?? `${kindOf(step)} ${file}`,
    rawInput: command === undefined ? { path: at } : { command },
    ...(at === undefined ? {} : { locations: [{ path: at }] }),
  };
};

const options = [
  { optionId: "always", kind: "allow_always", name: "Always allow" },
  { optionId: "once", kind: "allow_once", name: "Allow once" },
  { optionId: "no", kind: "reject_once", name: "Reject" },
  { optionId: "never", kind: "reject_always", name: "Always reject" },
];

const mayI = async (toolCall, offered = options) => {
  const { outcome } = await request("session/request_permission", {
    sessionId: session.id,
    toolCall,
    options: offered,
  });
  if (outcome.outcome === "cancelled") session.cancelled = true;
  return outcome.outcome === "selected" && ["always", "once"].includes(outcome.optionId);
};

const edited = (text, step) => {
  if (!text.includes(step.old)) throw new Error("the old text is not in the file");
  return text.replace(step.old, () => step.new);
};

const actNatively = (step) => {
  const at = fileOf(step) === undefined ? undefined : onHost(fileOf(step));
  if (step.read !== undefined) return { bytes: fs.readFileSync(at).length };
  if (step.edit !== undefined) return fs.writeFileSync(at, edited(fs.readFileSync(at, "utf8"), step));
  if (step.delete !== undefined) return fs.rmSync(at, { recursive: true });
  if (step.write !== undefined) {
    fs.mkdirSync(path.dirname(at), { recursive: true });
    return fs.writeFileSync(at, step.content);
  }
  return { output: execFileSync("bash", ["-c", commandOf(step)], { cwd: root, encoding: "utf8", timeout: 60_000 }) };
};

const terminal = async (command, extra = {}) => {
  const sessionId = session.id;
  const { terminalId } = await request("terminal/create", {
    sessionId,
    command: "bash",
    args: ["-c", command],
    cwd: session.cwd,
    ...extra,
  });
  const exit = await request("terminal/wait_for_exit", { sessionId, terminalId });
  const { output } = await request("terminal/output", { sessionId, terminalId });
  await request("terminal/release", { sessionId, terminalId });
  return { ...exit, output };
};

const actThroughClient = async (step, toolCall) => {
  const sessionId = session.id;
  const at = toolCall.locations?.[0].path;
  if (step.read !== undefined)
    return { bytes: (await request("fs/read_text_file", { sessionId, path: at })).content.length };
  const before = step.edit === undefined ? null : (await request("fs/read_text_file", { sessionId, path: at })).content;
  const text = step.edit === undefined ? step.content : edited(before, step);
  const diff = text === undefined ? {} : { content: [{ type: "diff", path: at, oldText: before, newText: text }] };
  if (!(await mayI({ ...toolCall, ...diff }))) throw new Error("permission refused");
  if (step.delete !== undefined) return terminal(`rm -r -- '${at}'`.replaceAll(`${inside}/`, ""), step.extra);
  if (text === undefined) return terminal(commandOf(step), step.extra);
  return request("fs/write_text_file", { sessionId, path: at, content: text });
};

const act = async (step) => {
  const toolCall = callOf(step);
  if (!step.silent) update({ sessionUpdate: "tool_call", ...toolCall });
  const done = (status, rawOutput) =>
    step.silent || update({ sessionUpdate: "tool_call_update", toolCallId: toolCall.toolCallId, status, rawOutput });
  try {
    const native = step.native ?? step.bash !== undefined;
    done("completed", (native ? actNatively(step) : await actThroughClient(step, toolCall)) ?? {});
  } catch (error) {
    done(step.boast ? "completed" : "failed", { error: error.message, code: error.code });
  }
};

const sleep = (ms) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    session.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

const players = {
  say: ({ say }) => update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: say } }),
  claim: ({ claim }) => update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: claim } }),
  think: ({ think }) => update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: think } }),
  plan: ({ plan }) =>
    update({
      sessionUpdate: "plan",
      entries: plan.map((content) => ({ content, priority: "medium", status: "pending" })),
    }),
  ask: async ({ ask, then, options: offered }) => {
    const granted = await mayI(
      callOf({ [ask.kind === "execute" ? "run" : "write"]: ask.command ?? ask.path, ...ask }),
      offered,
    );
    return granted && then !== undefined ? actNatively(then) : undefined;
  },
  mode: ({ mode }) => update({ sessionUpdate: "current_mode_update", currentModeId: mode }),
  update: (step) => update(step.update),
  notify: (step) => notify(step.notify, step.params ?? {}),
  request: (step) => {
    const asked = request(step.request, step.params ?? {}, step.id).catch(() => {});
    return step.wait === false ? undefined : asked;
  },
  terminal: (step) => terminal(step.terminal, step.extra).catch(() => {}),
  answer: ({ answer }) => send(answer),
  line: ({ line }) => process.stdout.write(`${line}\n`),
  flood: ({ flood }) => process.stdout.write(`${"x".repeat(flood)}\n`),
  stderr: ({ stderr }) => process.stderr.write(`${stderr}\n`),
  sleepMs: ({ sleepMs }) => sleep(sleepMs),
  hang: () => new Promise(() => setInterval(() => {}, 60_000)),
  orphan: ({ orphan }) => spawn("sleep", [String(orphan)], { detached: true, stdio: "ignore" }).unref(),
  ignoreEof: () => {
    session.leaveOnEof = false;
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 60_000);
  },
  crash: ({ crash }) => process.exit(crash),
  stop: () => {},
};

const play = (step) => {
  const name = Object.keys(players).find((key) => step[key] !== undefined);
  return name === undefined ? act(step) : players[name](step);
};

const modes = {
  currentModeId: "ask",
  availableModes: [
    { id: "ask", name: "Ask" },
    { id: "yolo", name: "Never ask" },
  ],
};

const methods = {
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: "scripted", version: "1.0.0" },
    agentCapabilities: {},
    authMethods: [],
  }),
  "session/new": ({ cwd }) => {
    session.cwd = cwd;
    return { sessionId: session.id, modes };
  },
  "session/set_mode": () => ({}),
  "session/cancel": () => {
    session.cancelled = true;
    session.wake();
  },
  "session/prompt": async () => {
    for (const step of steps) {
      if (session.cancelled) break;
      await play(step);
    }
    return {
      stopReason: session.cancelled ? "cancelled" : (steps.find(({ stop }) => stop !== undefined)?.stop ?? "end_turn"),
    };
  },
};
const receive = async (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    const pending = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(Object.assign(new Error(error.message), error));
    return;
  }
  try {
    if (methods[method] === undefined) throw Object.assign(new Error(`no method ${method}`), { code: -32601 });
    const answer = await methods[method](params ?? {});
    if (id !== undefined) send({ id, result: answer ?? null });
  } catch (problem) {
    const code = typeof problem.code === "number" ? problem.code : -32603;
    if (id !== undefined) send({ id, error: { code, message: problem.message } });
  }
};

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) void receive(line);
});
process.stdin.on("end", () => session.leaveOnEof && process.exit(0));
