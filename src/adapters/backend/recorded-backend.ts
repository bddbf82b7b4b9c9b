import type { Backend } from "../../seams/backend.ts";
import type { BackendProbe } from "../../workflow/backend/attempt.ts";
import { readFrame } from "../../workflow/backend/frame.ts";
import { recordedManners } from "../../workflow/backend/recorded-manners.ts";
import { digestOf } from "../../workflow/digest.ts";
import { ok } from "../../workflow/result.ts";
import { leadAcpAgent } from "./acp-client.ts";
import { insidePath, programBytes } from "./programs.ts";

/** An agent that says again what one said in a session before, whatever it was: for the replay level `session` (R123). */
export const recordedBackend = (frames: Uint8Array): Backend => {
  const probe: BackendProbe = { profile: "recorded", version: "1", binary: digestOf(frames), declared: "full" };
  return {
    kind: "scripted",
    probe: () => Promise.resolve(ok(probe)),
    needs: async () => {
      const [agent, hand] = await Promise.all([programBytes("replay-agent.mjs"), programBytes("hand.mjs")]);
      return {
        readOnlyHostPaths: [process.execPath],
        files: [
          { path: insidePath("replay-agent.mjs"), content: agent },
          { path: insidePath("hand.mjs"), content: hand },
          { path: FRAMES, content: frames },
        ],
      };
    },
    perform: async (assignment, room) => {
      const lines = new TextDecoder().decode(frames).split("\n");
      const manners = recordedManners(lines.flatMap((line) => readFrame(line) ?? []));
      const argv = [process.execPath, insidePath("replay-agent.mjs"), FRAMES];
      return leadAcpAgent({ argv, env: {}, probe, manners }, assignment, room);
    },
  };
};

const FRAMES = "/opt/cto/frames.jsonl";
