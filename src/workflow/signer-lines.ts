import { LIMITS } from "./limits.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { refuse, unless, type Result } from "./result.ts";
import { utf8Text } from "./strict-json.ts";

/** Every line that is no comment, read by `readLine`; the file is read whole or not at all, every wrong line is told. */
export const readLines = <T>(
  bytes: Uint8Array,
  file: string,
  readLine: (text: string, line: number) => Result<T, string>,
): Result<readonly T[], Refusal> => {
  const whole = (problem: string): Result<never, Refusal> => refuse(unreadable(file, 1, problem));
  if (bytes.length > LIMITS.signersBytesMax) return whole(`the file is longer than ${LIMITS.signersBytesMax} bytes`);
  const text = utf8Text(bytes);
  if (text === undefined) return whole("the file is not UTF-8 text");
  const read = text
    .split("\n")
    // What blanks are behind a line is for its reader: searched for from here, a line of blanks would take its square.
    .map((content, index) => ({ content: content.replace(/^[ \t]+/, ""), line: index + 1 }))
    .filter(({ content }) => content !== "" && !content.startsWith("#"))
    .map(({ content, line }) => ({ line, result: readBounded(content, line, readLine) }));
  return unless(
    read.flatMap(({ line, result }) => (result.ok ? [] : [unreadable(file, line, result.refusals[0])])),
    () => read.flatMap(({ result }) => (result.ok ? [result.value] : [])),
  );
};

const readBounded = <T>(
  content: string,
  line: number,
  readLine: (text: string, line: number) => Result<T, string>,
): Result<T, string> => {
  if (content.length > LIMITS.signerLineCharactersMax)
    return refuse(`it is longer than ${LIMITS.signerLineCharactersMax} characters`);
  return HIDDEN.test(content) ? refuse("it holds a character that cannot be seen") : readLine(content, line);
};

const HIDDEN = /[^\P{C}\t]|\p{Zl}|\p{Zp}/u;

const unreadable = (file: string, line: number, problem: string): Refusal =>
  refusal("gate/signers-unreadable", { file, line, problem }, { file, line, column: 1 });
