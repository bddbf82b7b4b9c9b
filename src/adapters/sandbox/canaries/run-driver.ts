import { existsSync } from "node:fs";
import { constants } from "node:os";

import { PERL_DRIVER } from "./perl-driver.ts";
import { PYTHON_DRIVER } from "./python-driver.ts";

/** One thing to do, and its words. */
export interface Order {
  readonly what: string;
  readonly op: readonly [name: string, ...args: (string | number)[]];
}

/** The driver that this host has: `/usr` inside is `/usr` of the host. */
export const driverHere = (): readonly string[] | undefined => DRIVERS.find(([program]) => existsSync(program));

export const DRIVERS: readonly (readonly [program: string, ...rest: string[]])[] = [
  // Nothing of the Workspace or of a home is loaded by either of them.
  ["/usr/bin/perl", "-f", "-e", PERL_DRIVER],
  ["/usr/bin/python3", "-I", "-S", "-c", PYTHON_DRIVER],
];

export const ordersText = (orders: readonly Order[]): string =>
  orders.map(({ what, op }) => `${[what, ...op].map((word) => hexOf(String(word))).join(" ")}\n`).join("");

/** What came back, by `what`; undefined unless the driver came to its end. */
export const answersIn = (output: string): ReadonlyMap<string, string> | undefined => {
  const lines = output.trimEnd().split("\n");
  if (lines.pop() !== "done") return undefined;
  return new Map(
    lines.map((line) => {
      const [what = "", answer = ""] = line.split(" ").map(textOf);
      return [what, withErrnoNames(answer)];
    }),
  );
};

const hexOf = (text: string): string => Buffer.from(text).toString("hex");

const textOf = (hex: string): string => Buffer.from(hex, "hex").toString();

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

const withErrnoNames = (answer: string): string =>
  answer.startsWith("text ")
    ? answer.slice(5)
    : answer.replaceAll(/errno (\d+)/g, (_, number: string) => NAMES.get(Number(number)) ?? `errno ${number}`);
