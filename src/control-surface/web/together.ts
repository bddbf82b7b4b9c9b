import type { Api } from "../api.ts";
import { ask } from "./ask.ts";
import { toldSoFar } from "./live.ts";

interface Given {
  /** How many records had been told when they were asked for. */
  readonly told: number;
  readonly answers: Map<string, Api["/api/together"]["answers"][number]>;
}

const NONE: Given = { told: 0, answers: new Map() };

let given = NONE;

/** Asks for all that a page draws first in one question; whatever does not come so the page asks for itself. */
export const askTogether = async (addresses: readonly string[]): Promise<void> => {
  const told = toldSoFar();
  const query = new URLSearchParams(addresses.map((address) => ["ask", address])).toString();
  const together = await ask<Api["/api/together"]>(`/api/together?${query}`);
  given = together.ok ? { told, answers: new Map(together.value.answers.map((one) => [one.ask, one])) } : NONE;
};

/** The answer of an address that came together with others: once, and only while no record was told since it was asked for. */
export const taken = (address: string): { readonly status: number; readonly text: string } | undefined => {
  const one = given.told === toldSoFar() ? given.answers.get(address) : undefined;
  given.answers.delete(address);
  return one;
};

/** What nobody took when the page was drawn is old when somebody asks for it. */
export const forgetGiven = (): void => {
  given = NONE;
};
