import { refusalObject } from "../harness/objects/refusal-object.ts";
import { Failure, FAILURES } from "../workflow/failure.ts";
import type { RefusalCode } from "../workflow/refusal.ts";
import { wordsOf, type Refusal } from "../workflow/refusal.ts";
import type { surfaceRefusals } from "../workflow/refusals/surface.ts";
import { visible } from "../workflow/visible-text.ts";
import type { ProblemObject } from "./api.ts";

/** An answer that is a no, as RFC 9457 has it, with the codes of the command line. */
export interface Problem {
  readonly status: number;
  readonly body: Omit<ProblemObject, "requestId">;
}

export const problemOf = (refusals: readonly [Refusal, ...Refusal[]], near: readonly string[] = []): Problem => {
  const [first] = refusals;
  const { says, next } = wordsOf(first);
  const status = isSurfaceCode(first.code) ? STATUS[first.code] : NOT_THEIRS.has(first.code) ? 403 : 409;
  const all = refusals.map(refusalObject);
  return problem(status, first.code, { detail: visible(says), next: visible(next), refusals: all, near });
};

/** What was thrown: a part of the world that broke may be back soon; all else is ours. */
export const problemOfError = (error: unknown): Problem =>
  error instanceof Failure
    ? problem(503, error.code, { detail: visible(error.message), next: FAILURES[error.code], refusals: [], near: [] })
    : problem(500, "bug", { detail: "The server broke.", next: "report what it printed", refusals: [], near: [] });

type Told = Pick<ProblemObject, "detail" | "next" | "refusals" | "near">;

const problem = (status: number, code: string, told: Told): Problem => ({
  status,
  body: { type: `urn:cto:${code}`, title: TITLES[status] ?? "Refused", status, code, ...told },
});

type SurfaceCode = keyof typeof surfaceRefusals;

const isSurfaceCode = (code: RefusalCode): code is SurfaceCode => Object.hasOwn(STATUS, code);

/** Not signed, or not by whom it should be. */
const NOT_THEIRS: ReadonlySet<RefusalCode> = new Set([
  "approval/not-signed",
  "approval/not-the-owner",
  "approval/not-eligible",
  "approval/by-the-author",
  "approval/signature-invalid",
  "approval/key-revoked",
  "approval/no-user-presence",
  "approval/no-user-verification",
  "approval/below-minimum",
  "outcome/not-the-owner",
  "outcome/signature-invalid",
]);

const STATUS: Readonly<Record<SurfaceCode, number>> = {
  "surface/wrong-host": 421,
  "surface/wrong-origin": 403,
  "surface/cross-site": 403,
  "surface/no-token": 401,
  "surface/wrong-type": 415,
  "surface/wrong-body": 400,
  "surface/too-large": 413,
  "surface/wrong-method": 405,
  "surface/wrong-parameter": 400,
  "surface/nothing-there": 404,
  "surface/too-many-streams": 429,
  "surface/digest-moved": 412,
  "surface/replay-running": 409,
  "surface/port-taken": 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Not understood",
  401: "No token",
  403: "Not from here",
  404: "Nothing there",
  405: "No such method",
  409: "Refused",
  412: "Moved meanwhile",
  413: "Too large",
  415: "Wrong type",
  421: "Another host",
  429: "Too many",
  500: "Bug",
  503: "Failure",
};
