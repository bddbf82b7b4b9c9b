import type { StageDescription } from "../../../seams/sandbox.ts";

/** Raw texts of /proc in one word or list each, so that they can be held against what is expected. */

export const namesInEnvironment = (raw: string): string =>
  raw
    .split("\0")
    .filter((entry) => entry !== "")
    .map((entry) => entry.slice(0, Math.max(0, entry.indexOf("="))))
    .sort()
    .join(" ");

export const emptiness = (raw: string): string => (raw === "" ? "empty" : `${raw.length} bytes`);

/** The points of all mounts that can be written, without the nodes of /dev and without /proc. */
export const writableMounts = (mountinfo: string): string => {
  const points = mountinfo.split("\n").flatMap((line) => {
    const [, , , , point = "", options = ""] = line.split(" ");
    const isDevice = point.startsWith("/dev/") && point !== "/dev/shm";
    return /^rw(?:,|$)/.test(options) && !isDevice && point !== "/proc" ? [unescaped(point)] : [];
  });
  return [...new Set(points)].sort().join(" ");
};

/** How much each tmpfs may hold that can be written. */
export const tmpfsSizes = (mountinfo: string): string =>
  mountinfo
    .split("\n")
    .flatMap((line) => {
      const point = line.split(" ")[4] ?? "";
      const [, options] = / - tmpfs \S+ (\S+)$/.exec(line) ?? [];
      if (options === undefined || !TMPFS.includes(point)) return [];
      return [`${point} ${/(?:^|,)size=(\w+)/.exec(options)?.[1] ?? "unbounded"}`];
    })
    .sort()
    .join(", ");

export const boundsOfTmpfs = (limits: StageDescription["limits"]): string => {
  const sizeOf = (name: string): string => {
    const bytes = limits.find((limit) => limit.name === name)?.value ?? 0;
    return `${Math.ceil(bytes / PAGE_BYTES) * (PAGE_BYTES / 1024)}k`;
  };
  return TMPFS.map((point) => `${point} ${sizeOf(point === "/dev/shm" ? "shared-memory-bytes" : "tmp-bytes")}`).join(
    ", ",
  );
};

const TMPFS: readonly string[] = ["/dev/shm", "/home/agent", "/tmp"];
const PAGE_BYTES = 4096;

// The kernel writes space, tab, newline and backslash of a path as three octal digits.
const unescaped = (point: string): string =>
  Buffer.from(
    point.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8))),
  ).toString();

export const privileges = (status: string): string => {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(status)?.[1] ?? "unknown";
  const has = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].filter((name) => !/^0+$/.test(field(name)));
  return [
    ...(has.length === 0 ? ["no capability"] : has),
    `NoNewPrivs ${field("NoNewPrivs")}`,
    `Seccomp ${field("Seccomp")}`,
  ].join(", ");
};

/** Whether the leader of the session is inside; a terminal of the host could be typed into otherwise. */
export const session = (stat: string): string => {
  const [, , , leader = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return leader === "0" ? "somebody else's" : "its own";
};

export const processCount = (count: string): string => (Number(count) < 12 ? "fewer than 12" : count);

const KERNEL_LIMITS: Readonly<Record<string, string>> = {
  processes: "processes",
  descriptors: "open files",
  "file-bytes": "file size",
  "data-bytes": "data size",
  "core-bytes": "core file size",
  "locked-bytes": "locked memory",
  "message-queue-bytes": "msgqueue size",
};

/** The limits of a description that the kernel holds for each process. */
export const kernelLimits = (limits: StageDescription["limits"]): string =>
  limits
    .filter(({ name }) => name in KERNEL_LIMITS)
    .map(({ name, value }) => `${name} ${value}`)
    .join(", ");

/** The same as `/proc/self/limits` tells them. */
export const limitsIn = (text: string, limits: StageDescription["limits"]): string =>
  limits
    .flatMap(({ name }) => {
      const title = KERNEL_LIMITS[name];
      if (title === undefined) return [];
      const [, soft = "unknown", hard = "unknown"] =
        new RegExp(`^Max ${title}\\s+(\\w+)\\s+(\\w+)`, "m").exec(text) ?? [];
      return [`${name} ${soft === hard ? soft : `${soft} to ${hard}`}`];
    })
    .join(", ");
