import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";

import type { Browser, CDPSession } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type * as Signing from "../../src/control-surface/web/sign.ts";
import type { ApprovalSigning, DraftObject } from "../../src/harness/objects/signing.ts";
import { stockAccepts } from "../fixtures/ssh.ts";
import { admit, makeGround, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type ServedHome, type WatchedPage } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, no passkey is tried in a real browser: script/bootstrap --tests\n");

const NAMESPACE = "approval@cto-harness";
const SIGNERS = ".sot/authority/allowed_signers";

describe.skipIf(CHROMIUM === undefined)("a passkey in a real browser", () => {
  let browser: Browser;
  let ground: Ground;
  let served: ServedHome;
  let watched: WatchedPage;
  let authenticator: Authenticator;
  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround();
    const world = await ground.open();
    await admit(world, ground);
    await world.store.close();
    served = await serveHome(ground.home);
    watched = await openPage(browser, served.url);
    authenticator = await virtualAuthenticator(watched);
    await watched.page.evaluate(await signing());
  });
  afterAll(async () => {
    // Chromium would rather have RS256 as well, of which OpenSSH takes no signature: such a passkey would be good for nothing.
    watched?.said.splice(0, Infinity, ...watched.said.filter((line) => !line.includes("pubKeyCredParams is missing")));
    await watched?.close();
    await served?.close();
    await ground?.close();
    await browser?.close();
  });

  test("R046 is made, enrolled by hand, asked for one record, and stock ssh-keygen accepts what it signed", async () => {
    const made = await watched.page.evaluate(async () => (await signingOf()).makePasskey("jp"));
    if (made.kind !== "made") throw new Error(made.says);
    await appendFile(path.join(ground.home, SIGNERS), `${made.line}\n`);
    const shown = await ask<ApprovalSigning>(served, `/api/w/${ground.work}/signing`);
    const own = shown.signers.find(({ passkey }) => passkey);
    expect(own).toMatchObject({ principal: "jp", credential: expect.stringMatching(/^[\w-]{16,}$/) });

    const draft = await ask<DraftObject>(served, `/api/w/${ground.work}/approval-draft`, {
      sentence: shown.sentence,
      entry: "typed",
      presentedSha256: shown.presentedSha256,
      key: own?.key,
      ticks: shown.ticks.map(({ id }) => id),
    });
    const sign = (): Promise<Signing.Signed> =>
      watched.page.evaluate(async (given) => (await signingOf()).signWithPasskey(given), draft);
    await authenticator.verifiesUser(false);
    expect(await sign()).toMatchObject({ kind: "not-signed", says: expect.stringMatching(/^No passkey signed/) });
    await authenticator.verifiesUser(true);
    const signed = await sign();
    if (signed.kind !== "signed") throw new Error(signed.says);
    const posted = { record: draft.record, signature: signed.signature, entry: "typed" };
    const done = await ask(served, "/api/approvals", posted);
    expect(done).toMatchObject({ approval: { state: "approved", by: "jp", assurance: "A3", key: own?.key } });
    expect(await ask(served, "/api/approvals", posted)).toMatchObject({ code: "approval/already-recorded" });

    const world = await ground.open();
    const leaf = (await world.store.leaves(0)).findLast(({ type }) => type === "approval.recorded");
    const kept = leaf?.digests?.["signature"];
    const signature = kept === undefined ? "absent" : await world.store.document(kept);
    await world.store.close();
    if (signature === "absent") throw new Error("its signature is kept");
    const signers = await readFile(path.join(ground.home, SIGNERS), "utf8");
    const asked = { signers, principal: "jp", namespace: NAMESPACE, message: draft.record, signature };
    expect(stockAccepts(ground.root, asked)).toBe(true);
    expect(stockAccepts(ground.root, { ...asked, message: `${draft.record} ` })).toBe(false);
  });
});

/** The functions of a page, in the page; it runs there as every script of ours does, under its policy. */
declare const signingOf: () => Promise<typeof Signing>;

const signing = async (): Promise<string> => {
  const bundle = await rolldown({ input: "src/control-surface/web/sign.ts", platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "signing" });
  await bundle.close();
  return `${output[0].code}; globalThis.signingOf = () => Promise.resolve(signing);`;
};

interface Authenticator {
  verifiesUser(isUserVerified: boolean): Promise<void>;
}

const virtualAuthenticator = async ({ context, page }: WatchedPage): Promise<Authenticator> => {
  const session: CDPSession = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifiesUser: async (isUserVerified) => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
};

const ask = async <T>({ url }: ServedHome, address: string, body?: object): Promise<T> => {
  const { origin, hash } = new URL(url);
  const headers = { "X-CTO-Token": hash.replace("#token=", "") };
  const write = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };
  const response = await fetch(
    `${origin}${address}`,
    body === undefined
      ? { headers }
      : { method: "POST", headers: { ...headers, ...write }, body: JSON.stringify(body) },
  );
  return response.json() as Promise<T>;
};
