import { statSync } from "node:fs";
import path from "node:path";

import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";

import { openHome } from "../../src/compose.ts";
import { serveSurface } from "../../src/control-surface/serve.ts";
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
  more: { readonly port?: number; readonly readOnly?: true } = {},
): Promise<ServedHome> => {
  assertBuilt();
  const world = await openAt(home, "read");
  const served = await serveSurface({
    world,
    openToWrite: more.readOnly === true ? "read-only" : () => openAt(home, "write"),
    examine: () => Promise.resolve([{ id: "node", status: "ok", says: "this one", fix: "" }]),
    port: more.port ?? 0,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  if (!served.ok) throw new Error(served.refusals.map(({ code }) => code).join(", "));
  const { url } = served.value;
  return {
    url,
    at: (place) => new URL(`${place}${new URL(url).hash}`, url).href,
    close: async () => {
      await served.value.close();
      await world.store.close();
    },
  };
};

const openAt = (home: string, mode: "read" | "write"): Promise<World> =>
  openHome({ home, cwd: "/", mode, environment: {}, terminal: false });

/** The browser gets what the last build made: one that is older than its sources would test something else. */
const assertBuilt = (): void => {
  const made = (file: string): number => statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = Math.max(...filesBelow("src/control-surface/web", ".ts", ".tsx", ".css", ".html").map(made));
  if (made("dist/web/index.html") < newest) throw new Error("dist/web is older than its sources: npm run build");
};

/** A page, and all that it did which no page of ours may do. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console messages, exceptions, requests to elsewhere, refused requests that nobody expected. */
  readonly said: string[];
  /** Ends the page; nothing was said, nothing broken is in its text. */
  close(): Promise<void>;
}

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
    if (new URL(request.url()).origin !== new URL(url).origin) said.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return {
    page,
    context,
    said,
    close: async () => {
      const text = await page.locator("body").innerText();
      await context.close();
      expect(said).toEqual([]);
      expect(/\b(?:undefined|NaN|null|Invalid Date)\b|\[object/.exec(text)?.[0]).toBeUndefined();
    },
  };
};
