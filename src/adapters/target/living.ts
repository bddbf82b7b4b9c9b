import { readFileSync } from "node:fs";

/** This process, told so that another one can find out whether it is still there. */
export const thisProcess = (): string => `${process.pid} ${startOf(process.pid)}`;

/** Whether the process is there whose words these begin with. Words that name none are nobody's. */
export const isLiving = (words: string): boolean => {
  const [pid = "", start = ""] = words.trim().split(" ");
  return start !== "" && startOf(Number(pid)) === start;
};

/** When a process began, in ticks since boot; empty if there is none. With the pid it names one process for ever. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
};
