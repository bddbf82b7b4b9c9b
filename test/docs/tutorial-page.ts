import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";

/** One block of commands of a page, and what it is said to print. */
export interface Step {
  readonly line: number;
  readonly commands: string;
  readonly exit: number;
  readonly expected: string;
}

/** Each `sh` fence in its order, with the `text` fence that follows it; without one, it is said to print nothing. */
export const stepsOf = (markdown: string): readonly Step[] => {
  const fences = [...markdown.matchAll(/^```(\w+)(?: exit=(\d+))?\n(.*?)^```$/gms)];
  return fences.flatMap(([, language, exit = "0", commands = ""], at) => {
    if (language !== "sh") return [];
    const [, after, , text = ""] = fences[at + 1] ?? [];
    const line = markdown.slice(0, fences[at]?.index).split("\n").length;
    return [{ line, commands, exit: Number(exit), expected: after === "text" ? text : "" }];
  });
};

/** `…` stands for any text within a line, a line of it alone for any lines, none among them. Undefined where it fits. */
export const mismatch = (expected: string, printed: string): string | undefined => {
  const wanted = lines(expected);
  const got = lines(printed);
  const skip = wanted.map((line) => line === "…");
  // fits[i][j]: what is wanted from i on fits what was printed from j on.
  const fits = wanted.map(() => Array.from<boolean>({ length: got.length + 1 }).fill(false));
  fits.push([...got.map(() => false), true]);
  for (let i = wanted.length - 1; i >= 0; i -= 1)
    for (let j = got.length; j >= 0; j -= 1)
      fits[i]![j] = skip[i]!
        ? fits[i + 1]![j]! || (j < got.length && fits[i]![j + 1]!)
        : j < got.length && fitsLine(wanted[i]!, got[j]!) && fits[i + 1]![j + 1]!;
  if (fits[0]?.[0] === true) return undefined;
  const missing = wanted.find((line, i) => !skip[i] && !got.some((one) => fitsLine(line, one)));
  return missing === undefined
    ? "the lines come in another order, or there are more"
    : `nothing printed fits: ${missing}`;
};

const lines = (text: string): readonly string[] =>
  text.trimEnd() === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());

const fitsLine = (wanted: string, got: string): boolean =>
  new RegExp(
    `^${wanted
      .split("…")
      .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"))
      .join(".*")}$`,
    "u",
  ).test(got);

/** One bash, in which a reader gives the blocks of a page one after the other. */
export class Reader {
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;
  #printed = "";
  #wake: () => void = () => {};

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#shell = spawn("/bin/bash", ["--noprofile", "--norc"], {
      cwd: folder,
      env,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#shell.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#printed += text;
      this.#wake();
    });
    this.#shell.once("exit", () => this.#wake());
    this.#shell.stdin.write("exec 2>&1\n");
  }

  /** What the block printed on both streams, and how its last command ended. */
  async gives(commands: string): Promise<{ readonly exit: number; readonly printed: string }> {
    this.#printed = "";
    const end = `end-of-block-${randomUUID()}`;
    // On a line of its own even where the block printed no line feed at its end.
    this.#shell.stdin.write(`${commands}\nprintf '\\n%s %s\\n' ${end} "$?"\n`);
    const ending = new RegExp(`\\n?${end} (\\d+)\\n$`);
    const tooLate = setTimeout(() => this.#shell.kill("SIGKILL"), BLOCK_MS);
    while (!ending.test(this.#printed)) {
      if (this.#shell.exitCode !== null || this.#shell.signalCode !== null)
        throw new Error(`the shell left before the end of:\n${commands}\n${this.#printed}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(tooLate);
    const [ended = "", exit] = ending.exec(this.#printed) ?? [];
    return { exit: Number(exit), printed: this.#printed.slice(0, -ended.length) };
  }

  leaves(): void {
    this.#shell.stdin.end();
  }
}

const BLOCK_MS = 300_000;
