import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import type { Together } from "./api.ts";

const NAME = "ask";

/** The addresses of one question for several answers: below /api, each of one answer, and not too many. */
export const askedTogether = (url: URL): Result<readonly string[], Refusal> => {
  const [other] = [...url.searchParams.keys()].filter((name) => name !== NAME);
  if (other !== undefined) return wrong(other, "is none that this address takes");
  const asked = url.searchParams.getAll(NAME);
  if (asked.length === 0 || asked.length > LIMITS.surfaceTogetherMax)
    return wrong(NAME, `is not given from 1 to ${LIMITS.surfaceTogetherMax} times`);
  const odd = asked.find((address) => !isOfOneAnswer(address, url));
  return odd === undefined ? ok(asked) : wrong(NAME, "is no address of one answer");
};

// As it is found by routes: whatever is spelled in another way is refused and not understood.
const isOfOneAnswer = (address: string, { origin }: URL): boolean => {
  if (!address.startsWith("/api/") || !URL.canParse(address, origin)) return false;
  const { href, pathname, hash } = new URL(address, origin);
  if (href !== `${origin}${address}` || hash !== "" || pathname.includes("%")) return false;
  return pathname !== "/api/together" && pathname !== "/api/events";
};

/** Asks each of them as if it had come alone, with the same headers, and answers what each was answered. */
export const answerTogether = async (
  request: Request,
  addresses: readonly string[],
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<Together> => {
  const { origin } = new URL(request.url);
  const headers = new Headers(request.headers);
  // Whoever asks for several holds none of them.
  headers.delete("if-none-match");
  const answers = addresses.map(async (address) => {
    const response = await fetch(new Request(`${origin}${address}`, { headers }));
    return { ask: address, status: response.status, text: await response.text() };
  });
  return { answers: await Promise.all(answers) };
};

const wrong = (name: string, problem: string): Result<never, Refusal> =>
  refuse(refusal("surface/wrong-parameter", { name, problem }));
