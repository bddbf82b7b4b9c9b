import { expect, test } from "vitest";

import { isRead, judged } from "../../bench/peers/judged.ts";
import { ATTACKS } from "./sandbox-attacks.ts";
import { CANARY } from "./sandbox-fixture.ts";

const named = (name: string): (typeof ATTACKS)[number] => {
  const found = ATTACKS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no attack is called ${name}`);
  return found;
};

test.each(ATTACKS.map((attack) => [attack.name, attack] as const))("what a peer answers is read: %s", (_, attack) => {
  expect(isRead(attack)).toBe(true);
});

test.each([
  ["a script that broke off shows nothing", "nested-bwrap-rebind", "", 0, "could not run"],
  ["a word of escape counts", "nested-bwrap-rebind", "ESCAPED bwrap\nover", 0, "not held"],
  ["nothing reached", "nested-bwrap-rebind", "bwrap: denied\nover", 0, "held"],
  ["a process that goes on counts", "nested-bwrap-rebind", "over", 1, "not held"],
  ["a planted secret counts, whoever printed it", "umount-mask", `${CANARY}file\nover`, 0, "not held"],
  ["that a home is there is nothing reached", "home of the operator", "ESCAPED home\nover", 0, "held"],
  ["that it was listed is", "home of the operator", "ESCAPED home\nESCAPED listed\nover", 0, "not held"],
  ["a door that a filter shuts", "kernel doors", "ptrace=1 keyctl=38 bpf=1 uring=38\nover", 0, "held"],
  ["a door that only wants other arguments", "kernel doors", "ptrace=1 keyctl=1 bpf=1 uring=14\nover", 0, "not held"],
  [
    "the second answer of one name",
    "rings, faults, measures and contexts of the kernel",
    "uring=38 9\nover",
    0,
    "not held",
  ],
  ["a change that nothing refused", "rename-over-sibling", "Device or resource busy\nover", 0, "not held"],
  ["what has to work and does not", "allowed folder", "over", 0, "not held"],
  ["what is only ours", "identity and host name", "over", 0, "not applicable"],
])("%s", (_, name, out, alive, verdict) => {
  expect(judged(named(name), out, alive).verdict).toBe(verdict);
});
