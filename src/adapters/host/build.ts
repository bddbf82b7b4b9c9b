import { readFileSync } from "node:fs";

import { digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";

/** Version and digest of this build; run from sources it is the digest of nothing but the word `source`. */
export const readBuild = (): { readonly version: string; readonly digest: Digest } => {
  try {
    const built: unknown = JSON.parse(readFileSync(new URL("../../build.json", import.meta.url), "utf8"));
    if (typeof built === "object" && built !== null && "version" in built && "sha256" in built) {
      const digest = parseDigest(String(built.sha256));
      if (digest !== undefined) return { version: String(built.version), digest };
    }
  } catch {
    return { version: "source", digest: digestOf("source") };
  }
  return { version: "source", digest: digestOf("source") };
};
