import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";

import { SOURCES, tableOf, type Chain } from "./launch-chain.ts";

/**
 * Makes the places at which a slot's uid finds its sources, and the table by which they are mounted in one go: each
 * source at its number, and all of them where no folder on the way is closed.
 */
export const prepareGathering = ({ identity, sources, gathering }: Chain): void => {
  if (identity.kind === "own") return;
  for (const [at, source] of sources.entries()) {
    const place = `${gathering}/${at}`;
    if (statSync(source).isDirectory()) mkdirSync(place);
    else writeFileSync(place, "");
  }
  chmodSync(gathering, 0o755);
  writeFileSync(tableOf(gathering), gatheringTable(gathering, sources));
};

export const gatheringTable = (gathering: string, sources: readonly string[]): string =>
  [
    ...sources.map((source, at) => `${escaped(source)} ${escaped(gathering)}/${at} none bind 0 0`),
    `${escaped(gathering)} ${SOURCES} none rbind 0 0`,
  ]
    .map((line) => `${line}\n`)
    .join("");

// Every byte that could end a field or begin a comment is written by its number.
const escaped = (path: string): string =>
  [...Buffer.from(path)]
    .map((byte) => String.fromCharCode(byte))
    .map((one) => (/[\w/.-]/.test(one) ? one : `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`))
    .join("");
