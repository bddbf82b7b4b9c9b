import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

import { LIMITS } from "../../workflow/limits.ts";
import type { TokenUse } from "../../workflow/policy/exchange.ts";
import type { Budget } from "./budget.ts";
import { guardKey } from "./key-guard.ts";
import type { Tally } from "./tally.ts";
import { countTokens } from "./token-count.ts";

/** An answer on its way to the agent. */
export interface Passing {
  readonly answer: IncomingMessage;
  readonly to: ServerResponse;
  readonly key: string | undefined;
  readonly budget: Budget;
  readonly tally: Tally;
  /** Bytes of the request, for the estimate where nothing is reported. */
  readonly asked: number;
  readonly keep: (bytes: Uint8Array) => void;
}

export interface Passed {
  /** The rule by which it was broken off, or "whole". */
  readonly ended: string;
  readonly usage: TokenUse | null;
}

/** Hands the answer on piece by piece as it comes, and breaks it off in the middle once something is used up. */
export const passAnswer = async (passing: Passing): Promise<Passed> => {
  const { answer, to, budget, tally } = passing;
  const guard = guardKey(passing.key);
  const tokens = countTokens(answer.headers["content-type"] ?? "");
  let counted = 0;
  const chargeTokens = (): string | undefined => {
    const said = tokens.reported();
    if (said === undefined) return undefined;
    const more = said.input + said.output - counted;
    counted += more;
    return budget.tokens(more);
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
      const over = budget.bytes(bytes.length) ?? chargeTokens();
      if (over !== undefined) ended = `limit/${over}`;
      else if (tally.bytes() + bytes.length > LIMITS.relayResponseBytesMax) ended = "relay/response-too-large";
      else if (to.destroyed) ended = "relay/broken-off";
      if (ended !== "whole") break;
      await handOn(guard.pass(bytes));
    }
    if (ended === "whole") await handOn(guard.rest());
  } catch {
    ended = "relay/upstream-broke-off";
  }
  tokens.end();
  const over = chargeTokens();
  if (over !== undefined && ended === "whole") ended = `limit/${over}`;
  const usage = usageOf(passing, tokens.reported());
  if (usage?.estimated === true) budget.tokens(usage.input + usage.output);
  return { ended, usage };
};

const BYTES_PER_TOKEN = 4;

// Whoever breaks a stream off before its usage comes is charged by what has passed; a refusal of the provider is free.
const usageOf = (
  { answer, asked, tally }: Passing,
  said: { readonly input: number; readonly output: number } | undefined,
): TokenUse | null => {
  if (said !== undefined) return { ...said, estimated: false };
  const isPaid = (answer.statusCode ?? 0) < 300 && asked > 0;
  return isPaid
    ? {
        input: Math.ceil(asked / BYTES_PER_TOKEN),
        output: Math.ceil(tally.bytes() / BYTES_PER_TOKEN),
        estimated: true,
      }
    : null;
};
