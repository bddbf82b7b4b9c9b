import { z } from "zod";

import type { WorkId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import type { SourceDocument } from "./packet/packet.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { ok, refuse, type Result } from "./result.ts";
import { SHOWN_STATES, STATE_WORDS } from "./state-words.ts";
import { readStrictYaml } from "./strict-yaml.ts";
import { writtenLine, writtenWorkId } from "./written.ts";

export const NOTIFY_PATH = ".cto/notify.yaml";

/** notify.yaml: who is told of events besides the file, and when. */
export interface NotifyPolicy {
  readonly channels: readonly Channel[];
  readonly quietHours?: QuietHours;
  /** Work items of which only what cannot wait is told. */
  readonly mute: readonly WorkId[];
}

export type Channel = Webhook | SlackHook | Desktop;

/** A receiver of signed requests (Standard Webhooks). */
export interface Webhook {
  readonly kind: "webhook";
  readonly name: string;
  readonly url: string;
  /** Absolute, or below `.cto`. */
  readonly secretFile: string;
  /** Whether its name may lead into a private net; never to this machine or its link. */
  readonly allowPrivate: boolean;
  /** Events by their names in the state table; without it all of them. */
  readonly events?: readonly string[];
}

/** An incoming webhook of Slack. Its address is the secret, so it stands in a file of its own. */
export interface SlackHook {
  readonly kind: "slack";
  readonly name: string;
  readonly urlFile: string;
  readonly events?: readonly string[];
}

/** The desktop of whoever runs the server or the command, by notify-send. */
export interface Desktop {
  readonly kind: "desktop";
  readonly events?: readonly string[];
}

/** Local times `HH:MM` and how far they are from UTC; from may be later than to. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly offset: string;
}

/** The name of a channel in the outbox. */
export const channelId = (channel: Channel): string =>
  channel.kind === "desktop" ? channel.kind : `${channel.kind}:${channel.name}`;

/** Whether an address may be called at all: https, or http of this machine; no user in it, no fragment. */
export const problemOfUrl = (text: string): string | undefined => {
  if (!/^[\x21-\x7e]{1,2048}$/.test(text)) return "is no address in 2,048 plain characters";
  if (!URL.canParse(text)) return "is no address";
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopbackName(hostname)))
    return "is neither https nor http of this machine";
  if (username !== "" || password !== "") return "holds a user or password";
  return hash === "" ? undefined : "holds a fragment";
};

/** The names of this machine, as a URL has them. */
export const isLoopbackName = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);

/** notify.yaml, strictly: a key that is unknown, repeated, anchored or tagged is refused, with its line. */
export const readNotifyPolicy = (source: SourceDocument): Result<NotifyPolicy, Refusal> => {
  const read = readStrictYaml(source.bytes, LIMITS.notifyPolicyBytesMax, schema);
  if (!read.ok) {
    const { says, line, column } = read.refusals[0];
    return refuse(refusal("notify/unreadable", { problem: says }, { file: source.path, line, column }));
  }
  const { webhooks = [], slack = [], desktop, mute = [], quietHours } = read.value.value;
  const channels: readonly Channel[] = [
    ...webhooks.map((hook) => ({ kind: "webhook", allowPrivate: false, ...hook }) as const),
    ...slack.map((hook) => ({ kind: "slack", ...hook }) as const),
    ...(desktop === undefined ? [] : [{ kind: "desktop", ...desktop } as const]),
  ];
  const named = channels.filter((channel) => channel.kind !== "desktop");
  const twice = named.find((one, at) => named.findIndex((each) => channelId(each) === channelId(one)) !== at);
  if (twice !== undefined) {
    const place = read.value.placeOf([twice.kind === "webhook" ? "webhooks" : "slack"]);
    const problem = `the name ${twice.name} is there twice`;
    return refuse(refusal("notify/unreadable", { problem }, { file: source.path, ...place }));
  }
  return ok({ channels, mute, ...(quietHours === undefined ? {} : { quietHours }) });
};

const EVENTS = [...new Set(SHOWN_STATES.map((state) => STATE_WORDS[state].event))];

const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "a name is 1 to 32 of a-z, 0-9 and -");
const events = z.array(z.enum(EVENTS)).min(1).readonly().exactOptional();
const url = z.string().superRefine((text, context) => {
  const problem = problemOfUrl(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: `the address ${problem}` });
});
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time is "HH:MM"');

const schema = z.strictObject({
  schema: z.literal("cto/notify/v1"),
  webhooks: z
    .array(
      z.strictObject({
        name,
        url,
        secretFile: writtenLine,
        allowPrivate: z.boolean().exactOptional(),
        events,
      }),
    )
    .max(LIMITS.notifyChannelsMax)
    .readonly()
    .exactOptional(),
  slack: z
    .array(z.strictObject({ name, urlFile: writtenLine, events }))
    .max(LIMITS.notifyChannelsMax)
    .readonly()
    .exactOptional(),
  desktop: z.strictObject({ events }).exactOptional(),
  quietHours: z
    .strictObject({
      from: time,
      to: time,
      offset: z.string().regex(/^[+-](?:0\d|1[0-4]):[0-5]\d$/, 'an offset is "+HH:MM" or "-HH:MM"'),
    })
    .refine(({ from, to }) => from !== to, "they begin when they end")
    .exactOptional(),
  mute: z.array(writtenWorkId).max(1000).readonly().exactOptional(),
});
