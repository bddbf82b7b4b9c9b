import { problemOfHost } from "../host-name.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import type { Placed } from "./packet.ts";
import { codeItems, repeated, withinBound } from "./path-lists.ts";
import type { Block } from "./sections.ts";

/** The hosts that a packet asks for, each exactly; a list that stands there names one at least. */
export const readHosts = (block: Block, objections: Refusal[]): readonly Placed<string>[] => {
  const hosts = codeItems(withinBound(block, LIMITS.packetHostsMax, objections), "NAME:PORT", objections);
  if (block.lead !== undefined && block.items.length === 0)
    objections.push(refusal("packet/hosts-empty", {}, block.lead.at));
  objections.push(
    ...repeated(hosts),
    ...hosts.flatMap(({ value: host, at }) => {
      const problem = problemOfHost(host);
      return problem === undefined ? [] : [refusal("packet/host-form", { host, problem }, at)];
    }),
  );
  return hosts;
};
