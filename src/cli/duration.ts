const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DAY_MS = 86_400_000;
const YEARS_MS = 10 * 366 * DAY_MS;

/** `90d`, `24h`, `30m`, `45s` in milliseconds; one number and one unit, nothing to guess. Throws what is wrong with it. */
export const parseDuration = (text: string): number => {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ""];
  if (amount === undefined || factor === undefined)
    throw new RangeError("it takes a whole number and one of s, m, h, d, such as 90d, 24h or 30m");
  const ms = Number(amount) * factor;
  if (ms === 0) throw new RangeError("nothing lasts 0 seconds");
  if (ms > YEARS_MS) throw new RangeError("longer than ten years");
  return ms;
};

/** The same in words, in its two largest units: `90 d`, `24 h`, `1 h 5 m`, `45 s`. Hours are counted up to two days. */
export const sayDuration = (ms: number): string => {
  const parts: string[] = [];
  let left = Math.max(0, Math.round(ms / 1_000)) * 1_000;
  for (const unit of left < 2 * DAY_MS ? ["h", "m", "s"] : ["d", "h", "m", "s"]) {
    const factor = UNITS[unit] ?? 1;
    const amount = Math.floor(left / factor);
    left -= amount * factor;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
};

/** How far away a moment is, seen from now: `in 24 h`, `3 m 10 s ago`, `now`. */
export const relative = (at: string, nowMs: number): string => {
  const ms = Date.parse(at) - nowMs;
  if (Math.abs(ms) < 1_000) return "now";
  // A second that has gone by since something was recorded is not worth a minute less.
  const said = sayDuration(ms > 60_000 ? Math.round(ms / 60_000) * 60_000 : Math.abs(ms));
  return ms > 0 ? `in ${said}` : `${said} ago`;
};
