import { expect, test } from "vitest";

import { openFakeRoomOf } from "../../../test/fakes/frame-room.ts";
import { framesAsTheyAre } from "../../../test/fakes/room.ts";
import { readFrames } from "../../workflow/backend/frame.ts";
import { acpStory } from "../../workflow/backend/normalize-acp.ts";
import { openFrameLog } from "./frame-log.ts";

const MESSAGE = '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}';

/** What a line is answered as, and kept as. */
const heard = (line: string): readonly [json: unknown, frame: unknown] => {
  const room = openFakeRoomOf(framesAsTheyAre);
  const log = openFrameLog(room, acpStory({ declared: "full" }), () => undefined);
  const json = log.incoming(Buffer.from(line));
  log.end();
  return [json, readFrames(room.text())[0]];
};

test.each(["", " ", "\t", "\r", " \r\t "])("a line with %j around its message is that message", (space) => {
  const [json, frame] = heard(`${space}${MESSAGE}${space}`);
  expect(json).toEqual(JSON.parse(MESSAGE));
  expect(frame).toMatchObject({ dir: "in", frame: JSON.parse(MESSAGE) as object });
});

// What `trim` takes for space and JSON does not.
test.each(["\uFEFF", "\u00A0", "\u2028", "\u3000", "\v", "\f"])(
  "%j around a message is no space: the line is raw",
  (odd) => {
    for (const line of [`${odd}${MESSAGE}`, `${MESSAGE}${odd}`]) {
      const [json, frame] = heard(line);
      expect(json).toBeUndefined();
      expect(frame).toMatchObject({ dir: "in", raw: line });
    }
  },
);
