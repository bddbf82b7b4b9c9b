// The pipe to the Harness's own tools: an MCP server for the agent, which hands each line on to the Harness outside and
// prints what comes back. It judges nothing, reads no file, and can reach nothing else.
import http from "node:http";

const call = (line) =>
  new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port: 8787,
        path: "/.cto/tools",
        method: "POST",
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(line) },
      },
      (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString("utf8") }));
      },
    );
    request.on("error", reject);
    request.end(line);
  });

const failed = (line) => {
  try {
    const { id } = JSON.parse(line);
    return id === undefined
      ? ""
      : JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32603, message: "no answer" } });
  } catch {
    return "";
  }
};

const pass = async (line) => {
  const answer = await call(line).catch(() => ({ status: 0, body: "" }));
  const said = answer.status === 200 ? answer.body : answer.status === 202 ? "" : failed(line);
  if (said !== "") process.stdout.write(`${said}\n`);
};

let rest = "";
const open = new Set();
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    if (line.trim() === "") continue;
    const passing = pass(line).finally(() => open.delete(passing));
    open.add(passing);
  }
});
process.stdin.on("end", () => void Promise.allSettled(open).then(() => process.exit(0)));
