import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";

import type { Sent } from "../../seams/notices.ts";

export interface Call {
  readonly url: URL;
  /** The one address that is dialled, whatever the name says a moment later. */
  readonly address: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** For everything up to the first line of the answer. */
  readonly answerMs: number;
}

/** One POST. Only the status of the answer is read: no body, and no redirect is followed. */
export const callReceiver = (call: Call, signal: AbortSignal): Promise<Sent> =>
  new Promise((resolve) => {
    const { url, address, headers, body, answerMs } = call;
    const bytes = Buffer.from(body);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const tooLate = AbortSignal.timeout(answerMs);
    const request = send({
      host: address,
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
      // An address is no name that a certificate is asked for by.
      ...(isIP(url.hostname.replace(/^\[(.*)\]$/, "$1")) !== 0 ? {} : { servername: url.hostname }),
      // No variable of the operator switches this off.
      rejectUnauthorized: true,
      method: "POST",
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, "content-length": bytes.length, connection: "close" },
      agent: false,
      signal: AbortSignal.any([signal, tooLate]),
      maxHeaderSize: 16_384,
    });
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      response.on("error", () => undefined);
      response.destroy();
      resolve(judged(statusCode));
    });
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "failed", problem: problemIn(error, signal, tooLate) }),
    );
    request.once("close", () => resolve({ kind: "failed", problem: "it closed the connection without an answer" }));
    request.end(bytes);
  });

const judged = (status: number): Sent => {
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status === 410) return { kind: "gone", problem: "it answered 410: it wants nothing more" };
  if (status >= 300 && status < 400)
    return { kind: "failed", problem: `it answered ${status}, and redirects are not followed` };
  return { kind: "failed", problem: `it answered ${status}` };
};

const problemIn = ({ code }: NodeJS.ErrnoException, ended: AbortSignal, tooLate: AbortSignal): string => {
  if (tooLate.aborted) return "it gave no answer in time";
  if (ended.aborted) return "the attempt was broken off";
  return `it could not be reached: ${code ?? "no connection"}`;
};
