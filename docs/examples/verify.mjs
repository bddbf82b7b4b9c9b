// Verifies a bundle in a tar: node verify.mjs R-049-02.tar allowed_signers
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

import { readTar, verifyBundle, webVerifyTools } from "cto-harness/verify";

const [tar, signers] = process.argv.slice(2);
const { files, odd } = await readTar(createReadStream(tar));
const trust = { allowedSigners: await readFile(signers) };
const { verdict, checks, notClaimed } = await verifyBundle(files, odd, trust, webVerifyTools);
for (const { verdict: word, id, says } of checks) console.log(word, id, says);
console.log(verdict, `not claimed: ${notClaimed.join("; ")}`);
process.exitCode = verdict === "PASS" ? 0 : 5;
