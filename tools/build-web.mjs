// Builds dist/web: the client of the Control Surface. Its assets carry their digest in their names.
import { build } from "vite";

const ROOT = "src/control-surface/web";

export const buildWeb = (folder) =>
  build({
    configFile: false,
    root: ROOT,
    base: "/",
    publicDir: false,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: new URL(`../${folder}`, import.meta.url).pathname,
      emptyOutDir: true,
      assetsDir: "assets",
      // The policy of the server allows no data: address but a picture's.
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      target: "es2024",
    },
  });
