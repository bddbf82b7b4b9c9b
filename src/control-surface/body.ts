import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";

/** The body of a write as JSON, whatever length was announced. Of one that is too long no more is kept than may be. */
export const readBody = async (request: Request): Promise<Result<unknown, Refusal>> => {
  const max = LIMITS.surfaceBodyBytesMax;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
    }
  } catch {
    // Whoever left has nobody to be answered, and has broken nothing of ours.
    return refuse(refusal("surface/wrong-body", { problem: "it ended before it was whole" }));
  }
  if (size > max) return refuse(refusal("surface/too-large", { max }));
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
    return ok(json);
  } catch {
    return refuse(refusal("surface/wrong-body", { problem: "it is no JSON" }));
  }
};
