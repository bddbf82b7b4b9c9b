import { LIMITS } from "../limits.ts";
import { isPlainXml } from "./plain-xml.ts";

/**
 * The JUnit document that a command printed, or "none" (docs/adr/0011-junit-from-output.md). The code under test printed
 * it: it is a claim, no count of it is ever read, and only one that is strictly well-formed and of JUnit's form is kept.
 */
export const junitIn = (output: Uint8Array): Uint8Array | "none" => {
  const found = documentIn(output);
  return found !== undefined && found.length <= LIMITS.junitBytesMax && isJunit(found) ? found : "none";
};

/** From the first opening of a document to the last end of its root. */
const documentIn = (output: Uint8Array): Uint8Array | undefined => {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.length);
  const root = ["testsuites", "testsuite"].find((name) => bytes.includes(`</${name}>`));
  if (root === undefined) return undefined;
  const declared = bytes.indexOf("<?xml ");
  const from = declared === -1 ? bytes.indexOf(`<${root}`) : declared;
  const end = bytes.lastIndexOf(`</${root}>`) + root.length + 3;
  return from === -1 || from > end ? undefined : new Uint8Array(bytes.subarray(from, end));
};

const ELEMENTS: ReadonlySet<string> = new Set([
  "testsuites",
  "testsuite",
  "testcase",
  "properties",
  "property",
  "skipped",
  "failure",
  "error",
  "system-out",
  "system-err",
]);
const DEPTH_MAX = 32;

const isJunit = (document: Uint8Array): boolean => {
  const text = textIn(document);
  return text !== undefined && isPlainXml(text, ELEMENTS, DEPTH_MAX);
};

const textIn = (document: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(document);
  } catch {
    return undefined;
  }
};
