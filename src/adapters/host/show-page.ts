import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** Debian's path; never looked up, so that no PATH of the caller decides what is started. */
const XDG_OPEN = "/usr/bin/xdg-open";

export interface BrowserOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What opens an address in the browser of this user. */
  readonly program?: string | undefined;
  /** Where the page is laid, in a folder of its own. */
  readonly below?: string;
  /** One that still runs then is the browser itself, which goes on. */
  readonly answerMs?: number;
}

/** Lays a page where its owner alone can read it, and has it opened. It stays there: a browser reads it when it will. */
export const showPage = async (
  html: string,
  options: BrowserOptions,
): Promise<{ readonly page: string; readonly problem: string | undefined }> => {
  const page = await lay(html, options.below ?? tmpdir());
  const { DISPLAY, WAYLAND_DISPLAY } = options.environment;
  // Without a desktop xdg-open looks for a browser in the terminal, which would have none.
  if (!DISPLAY && !WAYLAND_DISPLAY)
    return { page, problem: "there is no desktop: neither DISPLAY nor WAYLAND_DISPLAY is set" };
  return { page, problem: await open(pathToFileURL(page).href, options) };
};

const lay = async (html: string, below: string): Promise<string> => {
  try {
    const page = path.join(await mkdtemp(path.join(below, "cto-preview-")), "preview.html");
    await writeFile(page, html, { flag: "wx", mode: 0o600 });
    return page;
  } catch (error) {
    throw new Failure("home/unreadable", `No page can be written below ${below}.`, { cause: error });
  }
};

const open = (
  address: string,
  { program = XDG_OPEN, environment, answerMs = LIMITS.browserAnswerMs }: BrowserOptions,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, [address], {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...desktopOf(environment) },
      cwd: "/",
      stdio: "ignore",
      detached: true,
    });
    const tell = (problem: string | undefined): void => {
      clearTimeout(waiting);
      child.unref();
      resolve(problem);
    };
    const waiting = setTimeout(() => tell(undefined), answerMs);
    child.once("error", () => tell(`${program} is absent: apt-get install xdg-utils`));
    child.once("exit", (code) =>
      tell(code === 0 ? undefined : `${path.basename(program)} ended with ${code ?? "a signal"}`),
    );
  });

// How the desktop of whoever runs us is reached, and nothing else of his environment: no switch, no key.
const desktopOf = (environment: BrowserOptions["environment"]): Readonly<Record<string, string>> =>
  Object.fromEntries(DESKTOP_VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));

const DESKTOP_VARIABLES = [
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_CURRENT_DESKTOP",
  "XDG_SESSION_TYPE",
  "XDG_DATA_DIRS",
  "XDG_CONFIG_HOME",
  "DBUS_SESSION_BUS_ADDRESS",
  "HOME",
  "LANG",
] as const;
