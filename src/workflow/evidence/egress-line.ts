import { canonicalJson } from "../digest.ts";
import type { Exchange } from "../policy/exchange.ts";

/** One line of `backend/egress.jsonl` (confinement.md 3), with its line feed. Same input, same line. */
export const egressLine = (
  seq: number,
  time: string,
  {
    n,
    channel,
    verdict,
    rule,
    field,
    action,
    method,
    host,
    path,
    model,
    request,
    response,
    status,
    ms,
    usage,
  }: Exchange,
): string =>
  `${canonicalJson({
    seq,
    time,
    n,
    channel,
    verdict,
    rule,
    ...(field === undefined ? {} : { field }),
    action,
    method,
    host,
    path,
    model,
    request: { ...request },
    response: { ...response },
    status,
    ms,
    usage: usage === null ? null : { ...usage },
  })}\n`;

/** The last line, where more came than has lines. */
export const countedLine = (seq: number, time: string, unread: number, unlisted: number): string =>
  `${canonicalJson({ seq, time, channel: "count", verdict: "counted", rule: "policy/attempts-cap", unread, unlisted })}\n`;
