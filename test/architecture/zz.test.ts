import { test } from "vitest";
import { sourcesBelow } from "./source.ts";
test("x", () => {
  const files = [...sourcesBelow("src"), ...sourcesBelow("test")];
  const bad = files.flatMap((f) => f.imports.filter((i) => i.from === "a computed name" || (i.file !== undefined && !i.file.endsWith(".ts"))).map((i) => `${f.path}:${i.line} ${i.from}`));
  const re = files.map((f) => [f.path, (f.text.match(/^(?:import|export)\b[^;]*?from "/gm) ?? []).length, f.imports.filter(i => true).length] as const).filter(([, a, b]) => a !== b);
  console.log(files.length, bad, re, files.flatMap(f => f.tokens.filter(t => t.kind === "regex").map(t => t.text)).filter(t => t.length > 60).slice(0, 20));
});
