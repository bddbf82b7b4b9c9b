import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults, RunOptions } from "axe-core";

import type { WatchedPage } from "./surface-page.ts";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 A and AA and axe's best practice; or of them only what another colour scheme can change. */
export type Rules = "all" | "colours";

// It would ask for the style sheet once more, for rules about media that no page of ours has.
const ONLY: RunOptions = { resultTypes: ["violations"], preload: false };

const OPTIONS: Readonly<Record<Rules, RunOptions>> = {
  all: {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    ...ONLY,
  },
  colours: { runOnly: { type: "rule", values: ["color-contrast"] }, ...ONLY },
};

/**
 * What axe finds in a page as it stands, a line for each place. It comes through the debugger, past the page's
 * policy, so that nothing has to be let in for it.
 */
export const axe = async (
  { page, context }: Pick<WatchedPage, "page" | "context">,
  rules: Rules,
): Promise<readonly string[]> => {
  const session = await context.newCDPSession(page);
  const evaluated = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? "axe broke");
    return result.value;
  };
  await evaluated(`globalThis.axe === undefined ? void (() => {${SOURCE}})() : undefined`);
  const { violations } = (await evaluated(`axe.run(document, ${JSON.stringify(OPTIONS[rules])})`)) as AxeResults;
  await session.detach();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}: ${help}`));
};
