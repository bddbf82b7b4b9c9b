// Builds dist/web: the client of the Control Surface. Its assets carry their digest in their names.
import { build } from "vite";

const ROOT = "src/control-surface/web";

// Each file of a page is a request: what several pages share comes in two of them, of all and of those about runs.
const GROUPS = [
  { name: "runs-shared", test: /web\/(?:run|replay)\//, minShareCount: 2 },
  { name: "shared", test: /node_modules\/|\/web\/(?:parts\/|[^/]+$)|src\/workflow\//, minShareCount: 2, priority: 1 },
  // What the frame itself imports counts as shared by nobody, and would come with whichever of the others imports it too.
  { name: "addresses", test: /\/web\/run-addresses/, priority: 2 },
];

// Every page is drawn in all of them: a browser that learns of one late draws twice.
const fontsAtOnce = {
  name: "fonts-at-once",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((name) => name.endsWith(".woff2"))
        .map((name) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", crossorigin: "", href: `/${name}` },
          injectTo: "head",
        })),
  },
};

export const buildWeb = (folder) =>
  build({
    configFile: false,
    root: ROOT,
    base: "/",
    publicDir: false,
    logLevel: "warn",
    plugins: [fontsAtOnce],
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
      rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
    },
  });
