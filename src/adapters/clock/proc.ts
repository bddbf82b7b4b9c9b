import { readFileSync } from "node:fs";

import { Failure } from "../../workflow/failure.ts";

/** A file of /proc, which every Linux has. */
export const readProc = (name: string): string => {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch (cause) {
    throw new Failure("home/unreadable", `/proc/${name} cannot be read.`, { cause });
  }
};

/** Changes with every start of the kernel. */
export const bootId = (): string => readProc("sys/kernel/random/boot_id").trim();
