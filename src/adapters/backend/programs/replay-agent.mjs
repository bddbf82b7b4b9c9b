// Plays the agent's side of recorded frames again (backends.md 5): what it sent is sent again, in order; what it was
// asked is answered by method and n-th. No dependencies.
//   node replay-agent.mjs FRAMES.jsonl
import fs from "node:fs";

const script = fs
  .readFileSync(process.argv[2], "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))
  .filter(({ dir }) => dir === "in" || dir === "out");

const key = (method, n) => `${n} ${method}`;
const counter = () => {
  const counts = new Map();
  return (name) => {
    const n = (counts.get(name) ?? 0) + 1;
    counts.set(name, n);
    return n;
  };
};

// Our recorded id -> which request of which method it was.
const asked = new Map();
const recorded = new Set();
const countRecorded = counter();
for (const { dir, frame } of script)
  if (dir === "out" && frame?.method !== undefined && frame.id !== undefined)
    recorded.add(key(frame.method, countRecorded(frame.method)));

// What has come so far: key -> id of the request, or `answer N id` for an answer to a request of ours.
const come = new Map();
const waiting = new Map();
const arrive = (name, value) => {
  come.set(name, value);
  waiting.get(name)?.(value);
};
const arrival = (name) => (come.has(name) ? come.get(name) : new Promise((resolve) => void waiting.set(name, resolve)));

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const countIn = counter();
const countAnswers = counter();
const hear = ({ id, method, error, result }) => {
  if (method === undefined) {
    if (result !== undefined || error !== undefined) arrive(`answer ${countAnswers(String(id))} ${id}`, true);
    return;
  }
  if (id === undefined) return;
  const name = key(method, countIn(method));
  if (recorded.has(name)) arrive(name, id);
  else send({ jsonrpc: "2.0", id, error: { code: -32601, message: `not in the recording: ${method}` } });
};

const countOut = counter();
const countAwaited = counter();
const play = async ({ dir, frame, raw }) => {
  if (raw !== undefined) return dir === "in" ? process.stdout.write(`${raw}\n`) : undefined;
  if (dir === "in") {
    const request = frame?.method === undefined ? asked.get(frame?.id) : undefined;
    return send(request === undefined ? frame : { ...frame, id: await arrival(request) });
  }
  if (frame?.method !== undefined && frame.id !== undefined) {
    const name = key(frame.method, countOut(frame.method));
    asked.set(frame.id, name);
    return arrival(name);
  }
  return frame?.method === undefined ? arrival(`answer ${countAwaited(String(frame?.id))} ${frame?.id}`) : undefined;
};

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) hear(JSON.parse(line));
});
process.stdin.on("end", () => process.exit(0));

for (const frame of script) await play(frame);
