import type { PacketView } from "../harness/objects/view.ts";
import { visibleLines } from "../workflow/visible-text.ts";

/** What the owner would be shown, as one page for a browser: under a band that says DRAFT, and without a button. */
export const previewPage = (view: PacketView): string =>
  [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    // Nothing is loaded, run or sent: what the packet says stays text even if a mark of it got through.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>DRAFT: ${shown(view.title)}</title><style>${STYLE}</style></head><body>`,
    '<header role="banner"><strong>DRAFT</strong> A preview of what would be approved. Nothing can be approved here, and it does not change when the packet does.</header>',
    `<main><h1>${shown(view.title)}</h1>`,
    `<p>packet <code>${shown(view.mark.hex)}</code> ${shown(view.mark.words)}</p>`,
    ...hindrances(view),
    ...view.sections.map(({ heading, lines }) => section(heading, lines)),
    section(
      "Digests",
      Object.entries(view.digests).map(([name, digest]) => `${name} ${digest}`),
    ),
    section("This view, as the approval binds it", [view.sha256]),
    "</main></body></html>",
    "",
  ].join("\n");

const hindrances = ({ hindrances: found }: PacketView): readonly string[] =>
  found.length === 0
    ? []
    : [
        section(
          "It cannot be approved yet",
          found.map(({ code, message, next }) => `${code}: ${message} Next: ${next}`),
        ),
      ];

const section = (heading: string, lines: readonly string[]): string =>
  `<section><h2>${shown(heading)}</h2>${
    lines.length === 0 ? "<p>none</p>" : `<ul>${lines.map((line) => `<li>${shown(line)}</li>`).join("")}</ul>`
  }</section>`;

/** Text nobody vouches for: no mark of HTML, and nothing that hides or reorders. */
const shown = (text: string): string =>
  visibleLines(text).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE =
  ":root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,sans-serif}" +
  "header{position:sticky;top:0;padding:.75rem 1.5rem;background:#7a4b00;color:#fff}header strong{margin-right:1ch;letter-spacing:.15em}" +
  "main{max-width:60rem;margin:0 auto;padding:1rem 1.5rem 3rem}h2{font-size:1.05rem;margin:1.5rem 0 .25rem}" +
  "ul{margin:0;padding-left:1.25rem}li{white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.9rem}";
