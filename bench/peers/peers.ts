import { note, unable } from "../measure.ts";
import { agtNotes } from "./agt-notes.ts";
import { installPeers } from "./install.ts";
import { playedOn } from "./played.ts";
import { PEERS } from "./runners.ts";
import { tellTable } from "./table.ts";
import { peerTimes } from "./times.ts";

/** The attacks of our own suite, and the same work, on the peers that npm has, each set up as its own pages say. */
export const peers = async (): Promise<boolean> => {
  const why = installPeers();
  if (why !== undefined) {
    unable(`the peers could not be installed: ${why}`);
    return false;
  }
  const columns = new Map<string, Awaited<ReturnType<typeof playedOn>>>();
  for (const id of ["ours", ...PEERS.map((peer) => peer.id)]) columns.set(id, await playedOn(id));
  tellTable(columns);
  for (const says of agtNotes()) note(says);
  return peerTimes();
};
