import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

import { CLOSED_NETWORKS, LOOPBACK_NETWORKS } from "../../workflow/closed-networks.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isLoopbackName } from "../../workflow/notify-policy.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";

/** Finds the addresses of a host; the system's resolver, or what a test says. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The one address that is dialled for a receiver, asked for once for each attempt. One answer that may not be dialled
 * refuses the name: which of them is taken must not be a matter of luck.
 */
export const receiverAddress = async (
  hostname: string,
  allowed: "public" | "private",
  resolve: Resolve,
): Promise<Result<string, string>> => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const all = isIP(host) === 0 ? await inTime(resolve(host)) : [host];
  const [address] = all;
  if (address === undefined) return refuse("its name has no address");
  if (isLoopbackName(hostname)) return all.every(isLoopback) ? ok(address) : refuse("its name leads off this machine");
  if (all.some((each) => isIP(each) === 0 || isIn("other", each)))
    return refuse("its address is of this machine, its link or no net for receivers");
  if (allowed === "public" && all.some((each) => isIn("private", each)))
    return refuse("its address is private, and allowPrivate is not set");
  return ok(address);
};

const inTime = async (found: Promise<readonly string[]>): Promise<readonly string[]> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), LIMITS.noticeResolveMs);
  });
  try {
    return await Promise.race([found.catch(() => []), tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6");

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", bits = ""] = range.split("/");
    list.addSubnet(net, Number(bits), familyOf(net));
  }
  return list;
};

const LOOPBACK = listOf(LOOPBACK_NETWORKS);
// A list for each family: one for both takes every IPv4 address for its twin in IPv6.
const CLOSED = {
  private: { ipv4: listOf(CLOSED_NETWORKS.ipv4.private), ipv6: listOf(CLOSED_NETWORKS.ipv6.private) },
  other: { ipv4: listOf(CLOSED_NETWORKS.ipv4.other), ipv6: listOf(CLOSED_NETWORKS.ipv6.other) },
};

const isLoopback = (address: string): boolean => isIP(address) !== 0 && LOOPBACK.check(address, familyOf(address));

const isIn = (nets: keyof typeof CLOSED, address: string): boolean =>
  CLOSED[nets][familyOf(address)].check(address, familyOf(address));
