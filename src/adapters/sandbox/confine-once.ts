import type { Readable } from "node:stream";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { byDepth } from "../../workflow/workspace/tree-view.ts";
import { kernelArgs, LAST, NAMESPACES, rootArgs, SHARED_MEMORY_BYTES } from "./bubblewrap-args.ts";
import { launchChain, PRLIMIT } from "./launch-chain.ts";
import { launch, type Launched } from "./launch.ts";
import { signal } from "./processes.ts";
import { rootParts } from "./root-parts.ts";
import { seccompFilter } from "./seccomp/filter.ts";
import { filterMachine } from "./seccomp/syscalls.ts";

/** A folder or file of the host and the path at which it stands inside. */
interface Bound {
  readonly host: string;
  readonly inside: string;
}

export interface OnceOrder {
  readonly readOnly: readonly Bound[];
  readonly writable: readonly Bound[];
  readonly input?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

export interface OnceAnswer {
  readonly code: number;
  readonly stdout: Uint8Array;
  /** Its beginning; for words to a human, never for a decision. */
  readonly stderr: string;
}

/** One trusted program over untrusted files: no network, own namespaces, the same filter, a read-only root. */
export const confineOnce = async (argv: readonly string[], order: OnceOrder): Promise<OnceAnswer> => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `there is no system call filter for ${process.arch}`);
  const args = [
    ...NAMESPACES,
    ...rootArgs(await rootParts()),
    ...kernelArgs(SHARED_MEMORY_BYTES),
    ...bindings(order),
    "--chdir",
    "/",
    ...Object.entries({ ...BARE, ...order.env }).flatMap(([name, value]) => ["--setenv", name, value]),
    ...LAST,
  ];
  return answerOf(
    await launch({
      chain: [...ownChain(), PRLIMIT, ...ONCE_LIMITS, ...argv],
      args,
      filter: seccompFilter(machine),
      place: "host",
      group: undefined,
      // It has no stage and no uid of its own, and it ends with its parent, but for a kill while bubblewrap begins.
      recorded: () => undefined,
    }),
    order.input,
  );
};

export const BARE = { PATH: "/usr/bin:/bin", HOME: "/nonexistent", LC_ALL: "C" } as const;
export const ONCE_LIMITS: readonly string[] = [
  "--core=0",
  "--nofile=1024",
  "--nproc=200",
  `--fsize=${LIMITS.gitOutputBytesMax}`,
  "--",
];

/** The chain for the uid that runs now. */
const ownChain = (): ReturnType<typeof launchChain> =>
  launchChain({
    identity: { kind: "own", uid: process.getuid?.() ?? 0 },
    sources: [],
    gathering: "",
    processesMax: 0,
  });

const bindings = ({ readOnly, writable }: OnceOrder): readonly string[] =>
  [
    ...readOnly.map((bound) => ({ ...bound, path: bound.inside, option: "--ro-bind" })),
    ...writable.map((bound) => ({ ...bound, path: bound.inside, option: "--bind" })),
  ]
    .sort(byDepth)
    .flatMap(({ option, host, inside }) => [option, host, inside]);

/** What a trusted program answered, within the bounds of every such program. */
export const answerOf = async (launched: Launched, input: Uint8Array | undefined): Promise<OnceAnswer> => {
  let trouble: string | undefined;
  const end = (why: string): void => {
    trouble ??= why;
    signal(launched.init, "SIGKILL", "process");
    signal(launched.monitor, "SIGKILL", "group");
  };
  const timer = setTimeout(() => end(`it took more than ${LIMITS.gitTimeoutMs} ms`), LIMITS.gitTimeoutMs);
  launched.stdin.on("error", () => undefined);
  launched.stdin.end(input ?? new Uint8Array());
  const [stdout, stderr, exit] = await Promise.all([
    collect(launched.stdout, LIMITS.gitOutputBytesMax, () => end("it wrote more than is kept")),
    collect(launched.stderr, LIMITS.stepOutputBytesMax, () => undefined),
    launched.exited,
  ]);
  clearTimeout(timer);
  const words = new TextDecoder().decode(stderr);
  if (trouble !== undefined) throw new Failure("sandbox/broken", `a confined program was ended: ${trouble}`);
  if (!exit.reached) throw new Failure("sandbox/broken", `a confined program was not reached: ${words.trim()}`);
  return { code: exit.code ?? -1, stdout, stderr: words };
};

// Reads to the end, so that the writer never stands still, and keeps the beginning.
const collect = async (source: Readable, most: number, over: () => void): Promise<Uint8Array> => {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) continue;
    if (bytes + chunk.length <= most) kept.push(chunk);
    else over();
    bytes += chunk.length;
  }
  return Buffer.concat(kept);
};
