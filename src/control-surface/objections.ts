import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { isToken, TOKEN_HEADER, type Door } from "./door.ts";

/** What becomes of a request before anything that it says is read. */
export type Entrance =
  | { readonly kind: "enters" }
  | { readonly kind: "moved"; readonly to: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Host, method, site, origin, token and type, in this order: the first that is wrong is the answer (surface.md 4.4).
 * `routed` is the path by which routes are found: `/%61pi/status` is of the API too.
 */
export const entranceOf = (request: Request, door: Door, routed: string): Entrance => {
  const { method, headers } = request;
  const url = new URL(request.url);
  const isApi = [url.pathname, routed].some((path) => path === "/api" || path.startsWith("/api/"));
  const host = headers.get("host") ?? "";
  if (host !== hostOf(door) || url.host !== hostOf(door)) {
    const isSelf = url.host === host && otherNamesOf(door).includes(host);
    return isSelf && method === "GET" && !isApi
      ? { kind: "moved", to: `${door.origin}${url.pathname}${url.search}` }
      : no(refusal("surface/wrong-host", { host: host === "" ? "none" : host, origin: door.origin }));
  }
  if (method === "POST" && isApi) return objectionToWrite(headers, door) ?? entrance(headers, door);
  if (method !== "GET") return no(refusal("surface/wrong-method", { method }));
  return isApi ? entrance(headers, door) : { kind: "enters" };
};

const entrance = (headers: Headers, door: Door): Entrance => {
  const site = headers.get("sec-fetch-site") ?? "none";
  if (site !== "same-origin" && site !== "none") return no(refusal("surface/cross-site", { given: site }));
  return isToken(door, headers.get(TOKEN_HEADER)) ? { kind: "enters" } : no(refusal("surface/no-token", {}));
};

const objectionToWrite = (headers: Headers, door: Door): Entrance | undefined => {
  const origin = headers.get("origin");
  if (origin !== door.origin)
    return no(refusal("surface/wrong-origin", { given: origin ?? "nowhere", origin: door.origin }));
  const site = headers.get("sec-fetch-site");
  if (site !== "same-origin") return no(refusal("surface/cross-site", { given: site ?? "not said" }));
  const type = headers.get("content-type");
  if (type !== "application/json") return no(refusal("surface/wrong-type", { given: type ?? "nothing" }));
  const said = headers.get("content-length");
  const max = LIMITS.surfaceBodyBytesMax;
  return said !== null && !(Number(said) <= max) ? no(refusal("surface/too-large", { max })) : undefined;
};

const no = (why: Refusal): Entrance => ({ kind: "refused", refusal: why });

const hostOf = ({ origin }: Door): string => new URL(origin).host;

/** What a person may type for the same place; pages have one name only. */
const otherNamesOf = (door: Door): readonly string[] =>
  ["127.0.0.1", "[::1]"].map((name) => hostOf(door).replace("localhost", name));
