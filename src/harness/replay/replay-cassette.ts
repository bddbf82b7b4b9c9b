import { CASSETTE, compareCassettes, readCassette } from "../../workflow/evidence/cassette.ts";
import { linesOf, loggedEvents } from "../../workflow/evidence/logged-events.ts";
import { bounded, difference } from "../../workflow/evidence/replay-difference.ts";
import { recordedEffects } from "../../workflow/evidence/replay-session.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { playInScratch } from "./play-in-scratch.ts";
import { replayHome } from "./replay-home.ts";
import type { ReplayAnswer, ReplayRun } from "./replay.ts";

/** The agent itself once more, in a stage as then, its model played from the cassette: no provider is asked. */
export const replayCassette = async (
  { home, signal }: ReplayRun,
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
): Promise<Result<ReplayAnswer, Refusal>> => {
  const ground = await replayHome(home, files, report, "cassette");
  if (!ground.ok) return ground;
  const { world, permit } = ground.value;
  const recordings = readCassette(linesOf(files, CASSETTE));
  if (!recordings.ok) return ok({ differences: recordings.refusals, notComparable: [] });
  const { events, unread } = loggedEvents(files);
  const player = await world.playCassette(recordings.value);
  try {
    const played = behind(permit, player.origin);
    const backend = world.backendOf(permit.contract.executionGate.backend, played.authority);
    const probe = backend === undefined ? undefined : await backend.probe();
    if (backend === undefined || probe?.ok !== true)
      return probe?.ok === false
        ? probe
        : refuse(refusal("backend/not-configured", { kind: permit.contract.executionGate.backend }));
    const session = await world.inScratch((scratch) =>
      playInScratch(scratch, played, { backend, model: "model", signal }),
    );
    const used = player.played();
    const { differences, notComparable } = compareCassettes(recordedEffects(events), session.effects, used);
    const agent =
      probe.value.binary === permit.backend.binary
        ? []
        : [difference("agent", permit.backend.binary, probe.value.binary)];
    return ok({
      differences: bounded([...unread, ...agent, ...differences]),
      notComparable,
      notes: [
        `${used.same} answers to the very request that was recorded, ${used.altered} to one of the same path in other words`,
      ],
    });
  } finally {
    await player.close();
  }
};

/** The same permit, its one upstream replaced by the player; it needs no key. */
const behind = (permit: Permit, origin: string): Permit => {
  const { authority, contract } = permit;
  const name = authority.backends[contract.executionGate.backend]?.upstream;
  const upstream = name === undefined ? undefined : authority.relay?.upstreams[name];
  if (name === undefined || upstream === undefined || authority.relay === undefined) return permit;
  const { keyVariable: _key, ...keyless } = upstream;
  const upstreams = { ...authority.relay.upstreams, [name]: { ...keyless, origin } };
  return { ...permit, authority: { ...authority, relay: { ...authority.relay, cassette: false, upstreams } } };
};
