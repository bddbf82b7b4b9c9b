import { execa, ExecaError } from "execa";

import type { Sent } from "../../seams/notices.ts";
import { desktopText } from "../../workflow/desktop-text.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** Debian's path; never looked up, so that no PATH of the caller decides what is started. */
export const NOTIFY_SEND = "/usr/bin/notify-send";

export const NO_NOTIFY_SEND = "notify-send is absent: apt-get install libnotify-bin";

/** How the desktop of whoever runs us is reached: what these variables say, and nothing else of his environment. */
export const DESKTOP_VARIABLES = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY"] as const;
export type DesktopEnvironment = Readonly<Partial<Record<(typeof DESKTOP_VARIABLES)[number], string>>>;

/** Shows a notice on the desktop. One that cannot be shown now is of no use hours later: it is not tried again. */
export const showOnDesktop = async (
  program: string,
  environment: DesktopEnvironment,
  noticeText: string,
  signal: AbortSignal,
): Promise<Sent> => {
  const { summary, body, urgency } = desktopText(noticeText);
  try {
    await execa(program, ["--app-name", "CTO Harness", "--urgency", urgency, "--", summary, body], {
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", ...environment },
      extendEnv: false,
      cwd: "/",
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
      timeout: LIMITS.desktopTimeoutMs,
      forceKillAfterDelay: LIMITS.desktopKillMs,
      cancelSignal: signal,
    });
    return { kind: "sent" };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return { kind: "gone", problem: problemIn(error) };
  }
};

const problemIn = ({ code, timedOut, isCanceled, exitCode }: ExecaError): string => {
  if (code === "ENOENT" || code === "EACCES") return NO_NOTIFY_SEND;
  if (timedOut || isCanceled) return "the desktop gave no answer in time";
  return `notify-send ended with ${exitCode ?? "a signal"}: no desktop of this user is there`;
};
