import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** A container's user often has no account; then the number is his name. */
export const whoIsHere = (): { readonly uid: number; readonly username: string } => {
  try {
    return userInfo();
  } catch {
    const uid = process.getuid?.() ?? -1;
    return { uid, username: `uid-${uid}` };
  }
};

/** The user that a login began as, whatever it has become since. */
export const loginuid = (): number | "unknown" => {
  try {
    return Number(readFileSync("/proc/self/loginuid", "utf8"));
  } catch {
    return "unknown";
  }
};
