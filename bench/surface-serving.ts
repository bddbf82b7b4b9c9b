import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";

/** Pages of one origin, served by a process or a server of its own. */
export interface Serving {
  at(place: string): string;
  close(): Promise<void>;
}

const ROOT = path.join(import.meta.dirname, "..");

/** `cto serve` over a home, as it is built. */
export const served = async (home: string): Promise<Serving> => {
  const cto = path.join(ROOT, "bin/cto.mjs");
  const child = spawn(process.execPath, [cto, "serve", "--port", "0", "--json", "--home", home], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] },
  });
  const exited = once(child, "exit");
  const said = createInterface(child.stdout);
  const [line] = await Promise.race([once(said, "line"), exited.then(() => [""])]);
  const { url } = JSON.parse(String(line)) as { readonly url: string };
  return {
    at: (place) => new URL(`${place}${new URL(url).hash}`, url).href,
    close: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
};

/** A page with a heading, a line and nothing else, in the fonts of the Control Surface. */
export const emptyPage = async (): Promise<Serving> => {
  const fonts = new Map<string, Uint8Array>();
  for (const { file } of FONTS)
    fonts.set(`/${path.basename(file)}`, await readFile(path.join(ROOT, "node_modules", file)));
  const server = createServer(({ url = "" }, response) => {
    const font = fonts.get(url);
    response.setHeader("Content-Type", font === undefined ? "text/html; charset=utf-8" : "font/woff2");
    response.end(font ?? EMPTY);
  });
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    at: (place) => `http://localhost:${port}${place}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

const MONO = "@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin";
const FONTS = [
  {
    name: "sans",
    weight: "100 700",
    file: "@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2",
  },
  { name: "mono", weight: "400", file: `${MONO}-400-normal.woff2` },
  { name: "mono", weight: "600", file: `${MONO}-600-normal.woff2` },
];

const face = ({ name, weight, file }: (typeof FONTS)[number]): string =>
  `@font-face { font-family: ${name}; src: url("/${path.basename(file)}") format("woff2"); font-weight: ${weight}; font-display: swap }`;

const EMPTY = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>empty</title><link rel="icon" href="data:,">
<style>${FONTS.map(face).join("\n")} body { font-family: sans } code, b { font-family: mono; font-weight: 400 } b { font-weight: 600 }</style>
</head><body><h1>Empty</h1><p>Nothing but <code>its</code> <b>fonts</b>.</p></body></html>`;
