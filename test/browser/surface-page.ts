import { statSync } from "node:fs";
import path from "node:path";

import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { expect } from "vitest";

import { openHome } from "../../src/compose.ts";
import { serveSurface } from "../../src/control-surface/serve.ts";
import type { DoctorCheck } from "../../src/harness/objects/doctor.ts";
import type { World } from "../../src/harness/world.ts";
import { filesBelow, ROOT } from "../architecture/source.ts";

/** A Control Surface over a home, as `cto serve` starts it, in this process. */
export interface ServedHome {
  readonly url: string;
  /** The address of a page, with the token behind its `#`. */
  at(place: string): string;
  close(): Promise<void>;
}

export const serveHome = async (
  home: string,
  more: { readonly port?: number; readonly readOnly?: true; readonly checks?: readonly DoctorCheck[] } = {},
): Promise<ServedHome> => {
  assertBuilt();
  const world = await openAt(home, "read");
  const broken: string[] = [];
  const served = await serveSurface({
    world,
    openToWrite: more.readOnly === true ? "read-only" : () => openAt(home, "write"),
    examine: () => Promise.resolve(more.checks ?? FINE),
    port: more.port ?? 0,
    tell: (line) => void broken.push(line),
  });
  if (!served.ok) throw new Error(served.refusals.map(({ code }) => code).join(", "));
  const { url } = served.value;
  return {
    url,
    at: (place) => new URL(`${place}${new URL(url).hash}`, url).href,
    close: async () => {
      await served.value.close();
      await world.store.close();
      expect(broken).toEqual([]);
    },
  };
};

const FINE: readonly DoctorCheck[] = [{ id: "node", status: "ok", says: "this one", fix: "" }];

const openAt = (home: string, mode: "read" | "write"): Promise<World> =>
  openHome({ home, cwd: "/", mode, environment: {}, terminal: false });

/** The browser gets what the last build made: one that is older than its sources would test something else. */
const assertBuilt = (): void => {
  const made = (file: string): number => statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = filesBelow("src/control-surface/web", ".ts", ".tsx", ".css", ".html").concat(CARRIED);
  const newest = Math.max(...sources.map(made));
  if (made("dist/web/index.html") < newest) throw new Error("dist/web is older than its sources: npm run build");
};

// What the bundle holds from elsewhere (test/architecture/browser.ts), and what makes it.
const CARRIED = [
  ...["state-words", "visible-text", "limits"].map((name) => `src/workflow/${name}.ts`),
  "tools/build-web.mjs",
];

/** A page, and all that it did which no page of ours may do. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console messages, exceptions, requests to elsewhere, refused requests that nobody expected. */
  readonly said: string[];
  /** What it has asked for and not got yet, the stream of events aside. */
  readonly asking: ReadonlySet<Request>;
  /** Nothing was said but these, nothing broken is in its text. */
  check(expected?: readonly No[]): Promise<void>;
  /** Ends the page, as `check` finds it; a browser tells its console of each no, and these are expected. */
  close(expected?: readonly No[]): Promise<void>;
}

/** A no of the server, or that it is away. */
export type No = "401" | "404" | "409" | "away";

const NOS: Readonly<Record<No, RegExp>> = {
  "401": /Failed to load resource: .* status of 401/,
  "404": /Failed to load resource: .* status of 404/,
  "409": /Failed to load resource: .* status of 409/,
  away: /net::ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/,
};

interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

export const openPage = async (browser: Browser, url: string, look: Look = {}): Promise<WatchedPage> => {
  const { width = 1440, height = 900, scheme = "light" } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (said.push(`dialog: ${dialog.message()}`), void dialog.dismiss()));
  page.on("request", (request) => {
    if (request.url() !== "about:blank" && new URL(request.url()).origin !== new URL(url).origin)
      said.push(`request: ${request.url()}`);
  });
  const asking = new Set<Request>();
  const isStream = (request: Request): boolean => new URL(request.url()).pathname === "/api/events";
  page.on("request", (request) => void (isStream(request) || asking.add(request)));
  page.on("requestfinished", (request) => void asking.delete(request));
  page.on("requestfailed", (request) => void asking.delete(request));
  await page.goto(url);
  const check = async (expected: readonly No[] = []): Promise<void> => {
    // What a file says is its own.
    const text = await page.evaluate(() => {
      for (const lines of document.querySelectorAll<HTMLElement>(".lines")) lines.hidden = true;
      return document.body.innerText;
    });
    expect(said.filter((line) => !expected.some((no) => NOS[no].test(line)))).toEqual([]);
    expect(/\b(?:undefined|NaN|null|Invalid Date)\b|\[object/.exec(text)?.[0]).toBeUndefined();
  };
  const close = async (expected: readonly No[] = []): Promise<void> => {
    try {
      await check(expected);
    } finally {
      await context.close();
    }
  };
  return { page, context, said, asking, check, close };
};
