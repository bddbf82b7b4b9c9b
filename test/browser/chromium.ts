import { existsSync } from "node:fs";

import { chromium, type Browser } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Debian's Chromium, as `script/bootstrap --tests` installs it; undefined where it cannot be had. */
export const CHROMIUM: string | undefined = PROGRAMS.find((program) => existsSync(program));

/** A browser without network: whatever it asks for beyond files and this machine would fail. */
export const startChromium = (): Promise<Browser> => {
  if (CHROMIUM === undefined) throw new Error("there is no chromium: script/bootstrap --tests");
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    ],
  });
};
