import type { Reading } from "../harness/reading/reading.ts";
import { kindOfFile } from "../workflow/evidence/bundle-table.ts";
import { LIMITS } from "../workflow/limits.ts";
import { missing, type Answer } from "./answer.ts";
import { shownText } from "./shown.ts";

interface Part {
  readonly run: string;
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** The files of a sealed bundle. */
export const evidenceList = async (reading: Reading, run: string): Promise<Answer> => {
  const files = await reading.evidence(run);
  if (!files.found) return missing(`${run}, sealed`, files.near);
  const shown = files.value.slice(0, LIMITS.mcpEventsMax);
  const lines = shown.map(({ name, size, trust }) => `${name}  ${size}  ${trust}`);
  return { told: { run, files: shown, total: files.value.length }, says: lines.join("\n"), untrusted: true };
};

/** A part of one file: as text where it is text, and as bytes wherever the text would not be exactly these. */
export const evidencePart = async (reading: Reading, { run, name, offset, length }: Part): Promise<Answer> => {
  const part = await reading.artifact(run, name, { offset, length });
  if (!part.found) return missing(`${name} in ${run}`, part.near);
  const { bytes, size, sha256 } = part.value;
  const text = textIn(bytes);
  const isExact = text !== undefined && shownText(text) === text;
  const end = offset + bytes.length;
  const { trust } = kindOfFile(name);
  const told = {
    run,
    name,
    offset,
    length: bytes.length,
    size,
    sha256,
    trust,
    ...(text === undefined ? {} : { text }),
    ...(isExact ? {} : { base64: Buffer.from(bytes).toString("base64") }),
    ...(bytes.length > 0 && end < size ? { nextOffset: end } : {}),
  };
  const says = `${name} of ${run}: bytes ${offset} to ${end} of ${size}, ${trust}, sha256 ${sha256}`;
  return { told, says, untrusted: true };
};

const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
