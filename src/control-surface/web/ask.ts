import { signal, type ReadonlySignal } from "@preact/signals";

import { sessionToken } from "./session.ts";

/** An answer that is a no, as the server words it; what never reached the server has the code `offline`. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly next: string;
  readonly refusals: readonly { readonly code: string; readonly message: string; readonly next: string }[];
  readonly near: readonly string[];
  readonly requestId: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** A server that may only read has no address to write at. */
export const isReadOnly = ({ status }: Problem): boolean => status === 404 || status === 405;

const told = signal(false);

/** Whether the server said that it was started to read alone. */
export const onlyReads: ReadonlySignal<boolean> = told;

/** A no that this page itself says: the server was not asked, or nothing of it can be understood. */
export const ownProblem = (code: string, detail: string, next: string): Problem => ({
  ...BROKEN,
  status: 0,
  code,
  detail,
  next,
});

/** Reads one object below /api; its type is what `../api.ts` says of the address. */
export const ask = async <T>(address: string, signal?: AbortSignal): Promise<Answer<T>> =>
  answerOf<T>(address, signal === undefined ? {} : { signal });

/** Writes: every write is JSON, of this origin, with the token (surface.md 4.4). */
export const tell = async <T>(address: string, body: object): Promise<Answer<T>> =>
  answerOf<T>(address, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });

/** Whether an answer is still awaited that a page asked for. */
export const isAsking = (): boolean => asked > 0;

let asked = 0;

/** A request that carries the token, for whoever reads the bytes himself. */
export const request = (address: string, init: RequestInit = {}): Promise<Response> =>
  fetch(address, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    ...init,
    headers: { ...headersOf(init), "X-CTO-Token": sessionToken() ?? "none" },
  });

const headersOf = ({ headers }: RequestInit): Readonly<Record<string, string>> =>
  Object.fromEntries(new Headers(headers).entries());

const answerOf = async <T>(address: string, init: RequestInit): Promise<Answer<T>> => {
  if (sessionToken() === undefined) return { ok: false, problem: NO_TOKEN };
  asked += 1;
  try {
    const response = await request(address, init);
    told.value = response.headers.has("X-CTO-Only-Reads");
    return answerIn<T>(response.status, await response.text());
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    return { ok: false, problem: OFFLINE };
  } finally {
    asked -= 1;
  }
};

/** What a status and the text that came with it say. */
export const answerIn = <T>(status: number, text: string): Answer<T> => {
  if (status >= 200 && status < 300) {
    const value: T = JSON.parse(text);
    return { ok: true, value };
  }
  const problem: Partial<Problem> = JSON.parse(text);
  return { ok: false, problem: { ...BROKEN, ...problem, status } };
};

const BROKEN: Problem = {
  status: 500,
  code: "bug",
  detail: "The server answered something that this page does not understand.",
  next: "reload this page",
  refusals: [],
  near: [],
  requestId: "",
};

const OFFLINE = ownProblem("offline", "The server does not answer.", "cto serve");

const NO_TOKEN: Problem = {
  ...BROKEN,
  status: 401,
  code: "surface/no-token",
  detail: "This page has no token of the server.",
  next: "open the address that cto serve prints",
};
