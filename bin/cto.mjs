#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and say what is wrong.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `cto needs Node 24 or newer; this is ${process.versions.node}. In a clone of the project: script/cto\n`,
  );
  process.exit(78);
}
const { main } = await import("../dist/cli/main.js");
await main();
