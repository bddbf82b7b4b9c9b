import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readAuthority } from "../../src/harness/home/read-authority.ts";
import { signTrust } from "../../src/harness/keys/sign-trust.ts";
import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { makeGround, POLICY, type Ground } from "../journeys/ground.ts";
import { enrol } from "./posting.ts";
import { surfaceOver } from "./surface.ts";

let ground: Ground;
let world: World;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

const place = (name: string): string => path.join(ground.home, ".sot/authority", name);
const keyOf = async (): Promise<string> => (await readFile(`${ground.key}.pub`, "utf8")).trim();

test("each key that allowed_signers names is told with its roles and times, and each file with the digest of its bytes", async () => {
  const owner = (await readAuthority(world)).signers.keys.find(({ principals }) => principals.includes("jp"));
  expect(owner).toMatchObject({ state: "counts", isPasskey: false, from: null, until: null });
  expect(owner?.roles).toContain("approval@cto-harness");
  const told = await readAuthority(world);
  expect(told.signers.sha256).toBe(digestOf(await readFile(place("allowed_signers"))));
  expect(told.policy).toMatchObject({ path: POLICY, sha256: digestOf(await readFile(place("policy.yaml"))) });
  expect(told.revoked).toMatchObject({ sha256: null, count: 0, problem: "" });
  expect(told.own.keys.map(({ role, state }) => [role, state])).toEqual([
    ["harness", "signs"],
    ["verifier", "signs"],
  ]);
});

test("the policy is told as it counts, defaults and all, and nothing of it is left out", async () => {
  const { settings } = (await readAuthority(world)).policy;
  const names = settings.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ["limits.wallMs", "limits.memoryBytesMax", "deniedAttempts", "toolchains", "baseForbiddenPaths"])
    expect(names).toContain(name);
});

test("a trust root is signed only as long as it is what was signed, and a revoked key counts for nothing", async () => {
  expect((await readAuthority(world)).trustRoot.state).toBe("not-signed");
  expect(await signTrust(world, ground.key)).toMatchObject({ ok: true });
  expect((await readAuthority(world)).trustRoot).toMatchObject({
    state: "signed",
    says: expect.stringMatching(/^by jp, /),
  });
  await enrol(ground, "ana", { publicKey: await keyOf() });
  expect((await readAuthority(world)).trustRoot.state).toBe("broken");
  await writeFile(place("revoked_keys"), `${await keyOf()}\n`);
  const { revoked, signers } = await readAuthority(world);
  expect(revoked.count).toBe(1);
  const states = signers.keys.map(({ principals, state }) => [principals[0], state]);
  expect(states).toContainEqual(["jp", "revoked"]);
  expect(states).toContainEqual(["ana", "revoked"]);
  await writeFile(place("revoked_keys"), "");
});

test.each([
  ["2000", "2001", "ended"],
  ["2999", "3000", "not-yet"],
])("a key that counts from %s until %s is told as %s", async (from, until, state) => {
  const before = await readFile(place("allowed_signers"), "utf8");
  const times = `valid-after="${from}0101Z",valid-before="${until}0101Z"`;
  await appendFile(place("allowed_signers"), `eve namespaces="outcome@cto-harness",${times} ${await keyOf()}\n`);
  const told = (await readAuthority(world)).signers.keys.at(-1);
  expect(told).toMatchObject({ principals: ["eve"], state });
  await writeFile(place("allowed_signers"), before);
});

test("files that cannot be read count for nothing and say why, and no address of a channel is told", async () => {
  const [signers, policy] = [place("allowed_signers"), place("policy.yaml")];
  const before = await Promise.all([signers, policy].map((file) => readFile(file)));
  await writeFile(signers, "jp what\n");
  await writeFile(policy, "schema: cto/policy/v1\nrsikClasses: {}\n");
  const secret = "https://hooks.example/T0/SECRET";
  const hook = { name: "ops", url: secret, secretFile: "hook.secret" };
  await writeFile(
    path.join(ground.home, ".cto/notify.yaml"),
    JSON.stringify({ schema: "cto/notify/v1", webhooks: [hook] }),
  );
  const response = await surfaceOver(world).get("/api/authority");
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({
    trustRoot: { state: "unreadable" },
    signers: { keys: [], problem: expect.stringMatching(/\S/) },
    revoked: { count: null },
    policy: { settings: [], problem: expect.stringContaining("riskClasses") },
    notify: {
      settings: [
        { name: "channels[0]", value: '{"channel":"webhook:ops"}' },
        { name: "mute", value: "[]" },
      ],
    },
  });
  expect(text).not.toContain("SECRET");
  await writeFile(signers, before[0] ?? "");
  await writeFile(policy, before[1] ?? "");
});
