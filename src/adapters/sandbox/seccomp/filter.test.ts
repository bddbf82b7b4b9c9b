import { expect, test } from "vitest";

import { digestOf } from "../../../workflow/digest.ts";
import { seccompFilter } from "./filter.ts";
import { ABSENT_CALLS, DENIED_CALLS } from "./syscalls.ts";

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;
const ALLOWED = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const EPROTONOSUPPORT = 0x0005005d;
const EAFNOSUPPORT = 0x00050061;
const KILLED = 0x80000000;

/** What the kernel would answer: a reading of classic BPF that shares nothing with the assembler. */
const ask = (program: Uint8Array, arch: number, number: number, args: readonly bigint[] = []): number => {
  const call = new DataView(new ArrayBuffer(64));
  call.setUint32(0, number, true);
  call.setUint32(4, arch, true);
  for (const [at, value] of args.entries()) call.setBigUint64(16 + at * 8, value, true);
  const steps = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let held = 0;
  for (let at = 0; at * 8 < program.length; at += 1) {
    const code = steps.getUint16(at * 8, true);
    const yes = steps.getUint8(at * 8 + 2);
    const no = steps.getUint8(at * 8 + 3);
    const k = steps.getUint32(at * 8 + 4, true);
    if (code === 0x20) held = call.getUint32(k, true);
    else if (code === 0x54) held = (held & k) >>> 0;
    else if (code === 0x15) at += held === k ? yes : no;
    else if (code === 0x35) at += held >= k ? yes : no;
    else if (code === 0x45) at += (held & k) !== 0 ? yes : no;
    else if (code === 0x06) return k;
    else throw new Error(`a step that this reading does not know: ${code}`);
  }
  throw new Error("the program ran off its end");
};

const x64 = seccompFilter("x64");
const arm64 = seccompFilter("arm64");

test.each(DENIED_CALLS)("%s is denied on both machines", (_, onX64, onArm64) => {
  if (onX64 !== "-") expect(ask(x64, X64, onX64)).toBe(EPERM);
  if (onArm64 !== "-") expect(ask(arm64, ARM64, onArm64)).toBe(EPERM);
});

test.each(ABSENT_CALLS)("%s does not exist on either machine", (_, number) => {
  expect(ask(x64, X64, number)).toBe(ENOSYS);
  expect(ask(arm64, ARM64, number)).toBe(ENOSYS);
});

test.each([
  ["read", 0, [], ALLOWED],
  ["write", 1, [], ALLOWED],
  ["execve", 59, [], ALLOWED],
  ["fork", 57, [], ALLOWED],
  ["prlimit64", 302, [], ALLOWED],
  ["openat2", 437, [], ALLOWED],
  ["seccomp", 317, [], ALLOWED],
  ["clone of a thread", 56, [0x3d0f00n], ALLOWED],
  ["clone as fork does it", 56, [0x1200011n], ALLOWED],
  ["clone with a user namespace", 56, [0x10000011n], EPERM],
  ["clone with a mount namespace", 56, [0x20011n], EPERM],
  ["clone with a cgroup namespace", 56, [0x2000011n], EPERM],
  ["unshare of open files", 272, [0x400n], ALLOWED],
  ["unshare of the user namespace", 272, [0x10000000n], EPERM],
  ["unshare of the mount namespace", 272, [0x20000n], EPERM],
  ["unshare of the time namespace", 272, [0x80n], EPERM],
  ["unshare of the network", 272, [0x40000000n], EPERM],
  ["ioctl TCGETS", 16, [0n, 0x5401n], ALLOWED],
  ["ioctl TIOCSTI", 16, [0n, 0x5412n], EPERM],
  ["ioctl TIOCSTI under high bits", 16, [0n, 0x1_0000_5412n], EPERM],
  ["ioctl TIOCLINUX", 16, [0n, 0x541cn], EPERM],
  ["mknod of a FIFO", 133, [0n, 0o10644n], ALLOWED],
  ["mknod of a character device", 133, [0n, 0o20644n], EPERM],
  ["mknod of a block device", 133, [0n, 0o60644n], EPERM],
  ["mknodat of a character device", 259, [0n, 0n, 0o20644n], EPERM],
  ["mknodat of a block device under high bits", 259, [0n, 0n, 0xffff_0000_6000n], EPERM],
  ["mknodat of a file", 259, [0n, 0n, 0o100644n], ALLOWED],
  ["socket of unix", 41, [1n], ALLOWED],
  ["socket of inet", 41, [2n], ALLOWED],
  ["socket of inet6", 41, [10n], ALLOWED],
  ["socket of netlink, route", 41, [16n, 3n, 0n], ALLOWED],
  ["socket of netlink, audit", 41, [16n, 3n, 9n], EPROTONOSUPPORT],
  ["socket of netlink, connector", 41, [16n, 2n, 11n], EPROTONOSUPPORT],
  ["socket of netlink, events of devices", 41, [16n, 3n, 15n], EPROTONOSUPPORT],
  ["socket of netlink, generic", 41, [16n, 3n, 16n], EPROTONOSUPPORT],
  ["socket of packet", 41, [17n], EAFNOSUPPORT],
  ["socket of vsock", 41, [40n], EAFNOSUPPORT],
  ["socket of alg", 41, [38n], EAFNOSUPPORT],
  ["socketpair of unix", 53, [1n], ALLOWED],
  ["socketpair of tipc", 53, [30n], EAFNOSUPPORT],
  ["the last number that was weighed", 469, [], ALLOWED],
  ["the first number of a later kernel", 470, [], ENOSYS],
  ["an x32 number", 0x40000000 + 101, [], ENOSYS],
  ["number -1", 0xffffffff, [], ENOSYS],
])("x64 answers %s as the page says", (_, number, args, answer) => {
  expect(ask(x64, X64, number, args)).toBe(answer);
});

test.each([
  ["clone of a thread", 220, [0x3d0f00n], ALLOWED],
  ["clone with a pid namespace", 220, [0x20000011n], EPERM],
  ["unshare of the user namespace", 97, [0x10000000n], EPERM],
  ["ioctl TIOCSTI", 29, [0n, 0x5412n], EPERM],
  ["mknodat of a block device", 33, [0n, 0n, 0o60644n], EPERM],
  ["socket of vsock", 198, [40n], EAFNOSUPPORT],
  ["socket of unix", 198, [1n], ALLOWED],
  ["write", 64, [], ALLOWED],
])("arm64 answers %s as the page says", (_, number, args, answer) => {
  expect(ask(arm64, ARM64, number, args)).toBe(answer);
});

test("a call of another architecture ends the process", () => {
  expect(ask(x64, 0x40000003, 1)).toBe(KILLED);
  expect(ask(x64, ARM64, 64)).toBe(KILLED);
  expect(ask(arm64, 0x40000028, 4)).toBe(KILLED);
});

test("the filter has not changed unseen", () => {
  expect([x64.length / 8, digestOf(x64)]).toMatchInlineSnapshot(`
    [
      94,
      "ba6157175459c3d1050eeb94d5b13d529185d42c40a7da3b60f8ea5b1a826891",
    ]
  `);
  expect([arm64.length / 8, digestOf(arm64)]).toMatchInlineSnapshot(`
    [
      91,
      "59abe9f16bc093ae5ec59e1db33bf50689519b7e8f892c55441c5430f22fa279",
    ]
  `);
});
