import { parse } from "yaml";
import { z } from "zod";

import type { SourceDocument } from "./packet/packet.ts";

const runtime = z.looseObject({ runtime: z.looseObject({ defaultActivation: z.boolean().optional() }).optional() });

/** `runtime.defaultActivation` as policy.yaml has it (R004): absent is false, and what cannot be read is unknown. */
export const defaultActivationIn = (policy: SourceDocument | "absent"): boolean | "unknown" => {
  if (policy === "absent") return false;
  try {
    const read = runtime.safeParse(
      parse(new TextDecoder("utf-8", { fatal: true }).decode(policy.bytes), { maxAliasCount: 0, logLevel: "error" }),
    );
    return read.success ? (read.data.runtime?.defaultActivation ?? false) : "unknown";
  } catch {
    return "unknown";
  }
};
