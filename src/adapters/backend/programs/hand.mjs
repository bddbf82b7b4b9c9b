// The hand: reads and writes inside the sandbox what the Harness granted. One JSON line per act on stdin, one per answer
// on stdout. It has no dependencies, starts nothing, and can go nowhere the agent could not.
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const root = fs.realpathSync(process.env.CTO_WORKSPACE ?? "/workspace");
const inside = "/workspace";

const refusal = (code, message) => Object.assign(new Error(message), { code });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// No component of the path may be a link: whoever planted it would choose where the hand goes.
const place = (name) => {
  const relative = name === inside ? "." : name.startsWith(`${inside}/`) ? name.slice(inside.length + 1) : name;
  const full = path.resolve(root, relative);
  if (full !== root && !full.startsWith(`${root}/`)) throw refusal("outside", "the path leads out of the workspace");
  let at = root;
  for (const part of path.relative(root, full).split("/").filter(Boolean)) {
    at = path.join(at, part);
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) break;
    if (stat.isSymbolicLink()) throw refusal("link", "a part of the path is a symbolic link");
  }
  return full;
};

const read = ({ path: name, bytesMax, from = 0 }) => {
  const descriptor = fs.openSync(
    place(name),
    fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
  );
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) throw refusal("not-a-file", "not a plain file");
    const rest = Math.max(0, stat.size - from);
    const bytes = Buffer.alloc(Math.min(rest, bytesMax));
    const got = fs.readSync(descriptor, bytes, 0, bytes.length, from);
    const content = bytes.subarray(0, got);
    return { content: content.toString("base64"), bytes: got, sha256: sha256(content), more: rest > got };
  } finally {
    fs.closeSync(descriptor);
  }
};

const write = ({ path: name, content }) => {
  const full = place(name);
  const bytes = Buffer.from(content, "base64");
  const before = fs.lstatSync(full, { throwIfNoEntry: false });
  if (before !== undefined && !before.isFile()) throw refusal("not-a-file", "not a plain file");
  fs.mkdirSync(path.dirname(full), { recursive: true });
  place(name);
  const beside = path.join(path.dirname(full), `.cto-hand-${randomBytes(6).toString("hex")}`);
  try {
    fs.writeFileSync(beside, bytes, { flag: "wx" });
    fs.chmodSync(beside, before === undefined ? 0o644 : before.mode & 0o777);
    fs.renameSync(beside, full);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
  return { bytes: bytes.length, sha256: sha256(bytes) };
};

const list = ({ path: name }) => {
  const full = place(name);
  return { names: fs.existsSync(full) ? fs.readdirSync(full).sort().slice(0, 1000) : [] };
};

const acts = { read, write, list };

const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const obey = (line) => {
  const { id, act, ...how } = JSON.parse(line);
  try {
    answer({ id, ok: acts[act](how) });
  } catch (error) {
    answer({ id, error: { code: String(error.code ?? "failed"), message: String(error.message) } });
  }
};

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) obey(line);
});
process.stdin.on("end", () => process.exit(0));
