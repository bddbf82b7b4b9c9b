import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

import { LIMITS } from "../../workflow/limits.ts";
import type { TokenUse } from "../../workflow/policy/exchange.ts";
import type { Budget, Reservation } from "./budget.ts";
import { guardKey } from "./key-guard.ts";
import type { Tally } from "./tally.ts";
import { countTokens } from "./token-count.ts";
import { usageOf, type Estimate } from "./token-use.ts";

/** An answer on its way to the agent. */
export interface Passing {
  readonly answer: IncomingMessage;
  readonly to: ServerResponse;
  readonly key: string | undefined;
  readonly budget: Budget;
  readonly tally: Tally;
  /** What is held for it; "free" for a list of models. */
  readonly held: { readonly reservation: Reservation; readonly estimate: Estimate } | "free";
  readonly keep: (bytes: Uint8Array) => void;
}

export interface Passed {
  /** The rule by which it was broken off, or "whole". */
  readonly ended: string;
  readonly usage: TokenUse | null;
}

/** Hands the answer on piece by piece as it comes, and breaks it off in the middle once something is used up. */
export const passAnswer = async (passing: Passing): Promise<Passed> => {
  const { answer, to, budget, tally, held } = passing;
  const guard = guardKey(passing.key);
  const tokens = countTokens(answer.headers["content-type"] ?? "");
  const chargeReported = (): string | undefined => {
    const said = tokens.reported();
    return said === undefined || held === "free" ? undefined : held.reservation.charge(said.input + said.output);
  };
  const handOn = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0) return;
    tally.add(bytes);
    passing.keep(bytes);
    if (!to.write(bytes)) await Promise.race([once(to, "drain"), once(to, "close")]);
  };

  let ended = "whole";
  try {
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      tokens.feed(bytes);
      const over = budget.bytes(bytes.length) ?? chargeReported();
      if (over !== undefined) ended = `limit/${over}`;
      else if (tally.bytes() + bytes.length > LIMITS.relayResponseBytesMax) ended = "relay/response-too-large";
      else if (to.destroyed) ended = "relay/broken-off";
      if (ended !== "whole") break;
      await handOn(guard.pass(bytes));
    }
    if (ended === "whole") await handOn(guard.rest());
  } catch {
    ended = to.destroyed ? "relay/broken-off" : "relay/upstream-broke-off";
  }
  tokens.end();
  const usage = usageOf({
    end: ended === "whole" ? "whole" : "broken-off",
    said: tokens.reported(),
    // A refusal of the provider is free.
    estimate: (answer.statusCode ?? 0) >= 300 || held === "free" ? "free" : held.estimate,
    bytes: tally.bytes(),
  });
  const over = usage === null || held === "free" ? undefined : held.reservation.charge(usage.input + usage.output);
  if (over !== undefined && ended === "whole") ended = `limit/${over}`;
  return { ended, usage };
};
