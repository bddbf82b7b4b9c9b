import { readFileSync } from "node:fs";
import { hostname, release } from "node:os";

import { digestOf, type Digest } from "../../workflow/digest.ts";

/** What evidence says of this host. The machine id itself never leaves it. */
export interface HostFacts {
  readonly hostId: Digest;
  readonly hostname: string;
  readonly kernel: string;
}

export const hostFacts = (): HostFacts => ({
  hostId: digestOf(`cto-host\0${machineId()}`),
  hostname: hostname(),
  kernel: release(),
});

// A container often has none; its name tells it from others as well as anything it has.
const machineId = (): string => {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return hostname();
  }
};
