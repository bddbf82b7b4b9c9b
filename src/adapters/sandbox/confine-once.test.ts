import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { confineOnce } from "./confine-once.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/cto-once-`);
  await mkdir(`${folder}/in`);
  await mkdir(`${folder}/out`);
  await writeFile(`${folder}/in/file`, "hostile\n");
  await symlink(`${folder}/outside`, `${folder}/in/link`);
  await writeFile(`${folder}/outside`, "outside\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inside = (script: string, extra: { readonly input?: Uint8Array } = {}): ReturnType<typeof confineOnce> =>
  confineOnce(["/bin/bash", "-c", script], {
    readOnly: [{ host: `${folder}/in`, inside: "/in" }],
    writable: [{ host: `${folder}/out`, inside: "/out" }],
    ...extra,
  });

const text = async (script: string): Promise<string> => new TextDecoder().decode((await inside(script)).stdout);

test("a program gets its input, answers its output and code, and leaves what it wrote", async () => {
  const { code, stdout } = await inside("cat; cp /in/file /out/copy; exit 3", {
    input: new TextEncoder().encode("given"),
  });
  expect([code, new TextDecoder().decode(stdout)]).toEqual([3, "given"]);
  expect(await readFile(`${folder}/out/copy`, "utf8")).toBe("hostile\n");
});

test.each([
  [
    "write what is read-only",
    "echo x >>/in/file && echo ESCAPED; echo x >/x && echo ESCAPED; echo x >/usr/x && echo ESCAPED",
  ],
  ["follow a link out", "cat /in/link && echo ESCAPED"],
  ["make a namespace", "unshare -Ur true && echo ESCAPED"],
  [
    "see a process of the host",
    `kill -0 ${process.pid} && echo ESCAPED; [ $(ls -d /proc/[0-9]* | wc -l) -gt 8 ] && echo ESCAPED`,
  ],
  ["see a variable of the host", "env | grep -E 'VITEST|NODE|SSH|CTO' && echo ESCAPED"],
])("git's helpers cannot %s", async (_, script) => {
  expect(await text(`{ ${script}; } 2>/dev/null`)).toBe("");
});

test("there is no network, not even the host's loopback", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  expect(await text(`(exec 9<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo ESCAPED; echo over`)).toBe("over\n");
  server.close();
});

test("much output arrives whole", async () => {
  const { stdout } = await inside("head -c 3000000 /dev/zero");
  expect(stdout.length).toBe(3_000_000);
});

test("git works over files that it may only read", async () => {
  const { code, stderr } = await inside(
    "cd /out && git init -q g && cd g && cp /in/file . && git add file && git write-tree",
  );
  expect([stderr, code]).toEqual(["", 0]);
});

test("a source that is not there is a failure, not an answer", async () => {
  const order = { readOnly: [{ host: `${folder}/nothing`, inside: "/in" }], writable: [] };
  await expect(confineOnce(["/bin/true"], order)).rejects.toMatchObject({ code: "sandbox/broken" });
});

test("a file of mode 0600 in a private folder can be read by whoever may read it outside", async () => {
  await chmod(`${folder}/in/file`, 0o600);
  expect(await text("cat /in/file")).toBe("hostile\n");
});
