import type { Digest } from "../workflow/digest.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";

/** What a route answers; how it becomes a response is the same for all of them. */
export type Reply<T extends object | "bytes" = object | "bytes"> =
  | ([T] extends [object] ? ObjectReply<T> : [T] extends ["bytes"] ? BytesReply : ObjectReply<object> | BytesReply)
  | Refused;

export interface ObjectReply<T> {
  readonly kind: "object";
  readonly value: T;
  readonly status?: 201 | 202;
}

interface BytesReply {
  readonly kind: "bytes";
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: Digest;
}

/** A no, with the names that may have been meant. */
export interface Refused {
  readonly kind: "refused";
  readonly refusals: readonly [Refusal, ...Refusal[]];
  readonly near: readonly string[];
}

/** A route, with the query parameters that it takes: any other is refused. */
export interface Route {
  readonly path: string;
  readonly query: readonly string[];
  readonly answer: (asked: Asked) => Promise<Reply>;
}

/** Everything of a request that a route sees: words, none of which is a path. */
export interface Asked {
  readonly name: string;
  readonly part: string;
  readonly query: Readonly<Record<string, string>>;
  /** Of `after` and `limit`, within their bounds. */
  readonly page: { readonly after: number; readonly limit: number };
}

export const object = <T extends object>(value: T): ObjectReply<T> => ({ kind: "object", value });

export const refused = (first: Refusal, near: readonly string[] = []): Refused => ({
  kind: "refused",
  refusals: [first],
  near,
});

/** What was sought, or that it is not there, with the names that may have been meant. */
export const sought = <T, R>(
  found: { readonly found: true; readonly value: T } | { readonly found: false; readonly near: readonly string[] },
  what: string,
  name: string,
  reply: (value: T) => R,
): R | Refused =>
  found.found ? reply(found.value) : refused(refusal("surface/nothing-there", { what, name }), found.near);
