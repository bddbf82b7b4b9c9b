/** On every answer. Nothing is framed, nothing inline runs, and no text becomes script (surface.md 4.4). */
export const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** On every answer of a server that was started to read alone: its pages offer no act. */
export const ONLY_READS = "X-CTO-Only-Reads";

/** Of bytes that an agent or a target wrote: whoever opens them as a page gets one that can do nothing. */
export const SANDBOXED = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
