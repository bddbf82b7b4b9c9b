import { readFile } from "node:fs/promises";
import path from "node:path";

import type { Page } from "playwright-core";

import { admit, makeGround, type Ground } from "../journeys/ground.ts";

/** A ground whose target is admitted and whose packet waits to be approved. */
export const admitted = async (): Promise<Ground> => {
  const ground = await makeGround();
  await withWorld(ground, (world) => admit(world, ground));
  return ground;
};

export const withWorld = async (
  ground: Ground,
  act: (world: Awaited<ReturnType<Ground["open"]>>) => Promise<unknown>,
): Promise<void> => {
  const world = await ground.open();
  try {
    await act(world);
  } finally {
    await world.store.close();
  }
};

/** The sentence that its packet asks for. */
export const sentenceOf = async (ground: Ground): Promise<string> => {
  const packet = await readFile(path.join(ground.home, ground.packet), "utf8");
  return /^I approve .*$/m.exec(packet)?.[0] ?? "";
};

/** Number of the newest record of a kind, as the ledger has it. */
export const newest = async (ground: Ground, type: string): Promise<number | undefined> => {
  const world = await ground.open();
  try {
    return (await world.store.leaves(0)).findLast((leaf) => leaf.type === type)?.seq;
  } finally {
    await world.store.close();
  }
};

/** Numbers of the records that elements say they stand for. */
export const seqsAt = (page: Page, selector: string): Promise<readonly number[]> =>
  page.locator(selector).evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-event"))));

/** Everything ticked and the very sentence typed: all that is missing is the signature. */
export const readyToSign = async (page: Page, sentence: string): Promise<void> => {
  await page.getByRole("group").getByRole("checkbox").first().waitFor();
  for (const box of await page.getByRole("group").getByRole("checkbox").all()) await box.check();
  await page.getByRole("textbox", { name: "Approval sentence" }).fill(sentence);
};
