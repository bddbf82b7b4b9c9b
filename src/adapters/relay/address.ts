import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

import { CLOSED_NETWORKS, LOOPBACK_NETWORKS } from "../../workflow/closed-networks.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** A host and the one address of it that is dialled. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** Finds the addresses of a host; the system's resolver, or what a test says. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = lookup(host, { all: true, verbatim: true });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), LIMITS.relayResolveTimeoutMs);
  });
  try {
    return await Promise.race([
      found.then(
        (all) => all.map(({ address }) => address),
        () => [],
      ),
      tooLate,
    ]);
  } finally {
    clearTimeout(timer);
  }
};

/** Asks once and keeps the answer, so that a name cannot lead elsewhere a moment later; undefined where none may be dialled. */
export const pinned = (host: string, port: number, resolve: Resolve): (() => Promise<Address | undefined>) => {
  let kept: Promise<Address | undefined> | undefined;
  return async () => {
    kept ??= resolve(host).then((all) => mayDial(host, port, all));
    const address = await kept;
    if (address === undefined) kept = undefined;
    return address;
  };
};

// One address that may not be dialled refuses the whole name: which of them is taken must not be a matter of luck.
const mayDial = (host: string, port: number, all: readonly string[]): Address | undefined => {
  const [address] = all;
  const wanted = LOOPBACK_NAMES.has(host) ? isLoopback : isPublic;
  return address !== undefined && all.every(wanted) ? { host, port, address } : undefined;
};

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1"]);

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6");

const isLoopback = (address: string): boolean => isIP(address) !== 0 && LOOPBACK.check(address, familyOf(address));

const isPublic = (address: string): boolean =>
  isIP(address) !== 0 && !NOT_PUBLIC[familyOf(address)].check(address, familyOf(address));

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
const NOT_PUBLIC = {
  ipv4: listOf([...CLOSED_NETWORKS.ipv4.private, ...CLOSED_NETWORKS.ipv4.other]),
  ipv6: listOf([...CLOSED_NETWORKS.ipv6.private, ...CLOSED_NETWORKS.ipv6.other]),
};
