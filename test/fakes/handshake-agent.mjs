// An ACP agent that answers as it was told: argv[2] is JSON, method -> { result | error, says, later, exit },
// or a list of these for one call after the other. `says` are session
// updates before the answer, a moment after each entry; `later` are updates right behind it;
// `exit` ends it instead.
const told = JSON.parse(process.argv[2]);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (fields) => send({ method: "session/update", params: { sessionId: "s", update: fields } });
const calls = {};
const receive = async ({ id, method }) => {
  if (id === undefined || method === undefined) return;
  const all = [told[method] ?? {}].flat();
  const at = (calls[method] = (calls[method] ?? -1) + 1);
  const { result = {}, error, says = [], later = [] } = all[Math.min(at, all.length - 1)];
  if (all[at]?.exit) process.exit(5);
  for (const batch of says) {
    for (const fields of [batch].flat()) update(fields);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  send(error === undefined ? { id, result } : { id, error });
  for (const fields of later) update(fields);
};
let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) void receive(JSON.parse(line));
});
process.stdin.on("end", () => process.exit(0));
