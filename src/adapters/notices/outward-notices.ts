import { createHmac } from "node:crypto";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";

import type { Notices, Parcel } from "../../seams/notices.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { problemOfUrl, type SlackHook, type Webhook } from "../../workflow/notify-policy.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { slackBody } from "../../workflow/slack-text.ts";
import { callReceiver } from "./call-receiver.ts";
import { DESKTOP_VARIABLES, NO_NOTIFY_SEND, NOTIFY_SEND, showOnDesktop, type DesktopEnvironment } from "./desktop.ts";
import { appendLines } from "./notice-file.ts";
import { receiverAddress, systemResolve, type Resolve } from "./receiver-address.ts";
import { readSecretFile, readSigningKeys } from "./secret-file.ts";

export interface NoticesOptions {
  /** Absolute path of `.cto`. */
  readonly stateFolder: string;
  readonly resolve?: Resolve;
  readonly answerMs?: number;
  readonly notifySend?: string;
  /** Of whoever runs us. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The file of notices, webhooks, Slack and the desktop. */
export const outwardNotices = ({
  stateFolder,
  resolve = systemResolve,
  answerMs = LIMITS.noticeAnswerMs,
  notifySend = NOTIFY_SEND,
  environment = {},
}: NoticesOptions): Notices => ({
  write: (lines) => appendLines(path.join(stateFolder, "notices.jsonl"), lines),
  post: async (parcel, signal) => {
    const { channel, body } = parcel;
    if (channel.kind === "desktop") return showOnDesktop(notifySend, desktopOf(environment), body, signal);
    const ready = await readyFor(stateFolder, channel);
    if (!ready.ok) return { kind: "failed", problem: ready.refusals[0] };
    const { url, allowed, letter } = ready.value;
    const address = await receiverAddress(url.hostname, allowed, resolve);
    if (!address.ok) return { kind: "failed", problem: address.refusals[0] };
    return callReceiver({ url, address: address.value, answerMs, ...letter(parcel) }, signal);
  },
  problemOf: async (channel) => {
    if (channel.kind === "desktop") return (await isThere(notifySend)) ? "none" : NO_NOTIFY_SEND;
    const ready = await readyFor(stateFolder, channel);
    return ready.ok ? "none" : ready.refusals[0];
  },
});

const desktopOf = (environment: Readonly<Record<string, string | undefined>>): DesktopEnvironment =>
  Object.fromEntries(DESKTOP_VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));

const isThere = (program: string): Promise<boolean> =>
  access(program, constants.X_OK).then(
    () => true,
    () => false,
  );

/** A channel whose secret was read: where it leads, and what a parcel becomes on it. */
interface Ready {
  readonly url: URL;
  readonly allowed: "public" | "private";
  readonly letter: (parcel: Parcel) => {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const readyFor = (stateFolder: string, channel: Webhook | SlackHook): Promise<Result<Ready, string>> =>
  channel.kind === "webhook" ? webhook(stateFolder, channel) : slack(stateFolder, channel);

const webhook = async (
  stateFolder: string,
  { url, secretFile, allowPrivate }: Webhook,
): Promise<Result<Ready, string>> => {
  const keys = await readSigningKeys(stateFolder, secretFile);
  if (!keys.ok) return keys;
  return ok({
    url: new URL(url),
    allowed: allowPrivate ? "private" : "public",
    letter: ({ id, atSeconds, body }) => {
      const signed = keys.value.map(
        (key) => `v1,${createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64")}`,
      );
      return {
        body,
        headers: {
          "content-type": "application/cloudevents+json; charset=utf-8",
          "webhook-id": id,
          "webhook-timestamp": String(atSeconds),
          "webhook-signature": signed.join(" "),
        },
      };
    },
  });
};

const slack = async (stateFolder: string, { urlFile }: SlackHook): Promise<Result<Ready, string>> => {
  const lines = await readSecretFile(stateFolder, urlFile);
  if (!lines.ok) return lines;
  const [address = "", ...more] = lines.value.map((line) => line.trim());
  const problem = more.length > 0 ? "has more than one line" : problemOfUrl(address);
  if (problem !== undefined) return refuse(`the address in its file ${problem}`);
  return ok({
    url: new URL(address),
    allowed: "public",
    letter: ({ body }) => ({
      body: slackBody(body),
      headers: { "content-type": "application/json; charset=utf-8" },
    }),
  });
};
