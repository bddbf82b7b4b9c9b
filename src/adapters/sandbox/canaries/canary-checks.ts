import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";

import type { CanaryGround, ConfinedStage } from "../../../seams/sandbox.ts";
import { Failure } from "../../../workflow/failure.ts";
import type { CanaryId } from "../../../workflow/vocabulary.ts";
import type { CanaryResult } from "../../../workflow/workspace/canary.ts";
import type { Check } from "../probe-tools.ts";

/** The canaries of every run, once on this machine: one check each, over a target and a key planted for them. */
export const canaryChecks = async (
  stage: ConfinedStage,
  folder: string,
  fixes: { readonly start: string; readonly upgrade: string },
): Promise<readonly Check[]> => {
  const run = await stage.canaries("before", await plantedGround(folder));
  if (run === "not-run") throw new Failure("sandbox/broken", "the canaries could not be started");
  return run
    .filter(({ verdict }) => verdict !== "not-tried")
    .map((result): Check => {
      const ok = result.verdict === "held";
      const fix = OWN_FIXES[result.id] ?? (result.id === "namespaces" ? fixes.start : fixes.upgrade);
      return {
        id: `canary/${result.id}`,
        ok,
        says: ok ? SAYS[result.id] : `Not held: ${SAYS[result.id]} ${whatCame(result)}`,
        fix,
      };
    });
};

const plantedGround = async (folder: string): Promise<CanaryGround> => {
  const target = `${folder}/target`;
  await mkdir(`${target}/.git`, { recursive: true });
  await writeFile(`${target}/key`, "planted");
  return {
    target,
    keys: [
      { name: "a planted key", path: `${target}/key`, must: true },
      { name: "the home folder", path: homeFolder(), must: false },
    ],
    relaySaw: undefined,
  };
};

// Somebody without an account and without HOME has no home that could be shown.
const homeFolder = (): string => {
  try {
    return homedir();
  } catch {
    return "/nonexistent";
  }
};

const whatCame = ({ expected, actual, control }: CanaryResult): string =>
  [
    ...Object.entries(actual)
      .filter(([what, answer]) => expected[what]?.includes(answer) !== true)
      .map(([what, answer]) => `${what}: ${answer}, not ${expected[what]?.join(" or ")}.`),
    ...Object.entries(control)
      .filter(([, word]) => word !== "works")
      .map(([name]) => `Its control does not work: ${name}.`),
  ].join(" ");

const SAYS: Readonly<Record<CanaryId, string>> = {
  "write-outside": "A file of the host cannot be written.",
  "write-target": "Nothing can be made in a target or its .git.",
  "write-pinned":
    "Pinned files, the root and the system's settings cannot be written, and no mount but those of the list.",
  "rename-pinned": "Neither a pinned file nor a writable folder can be moved or replaced.",
  "allowed-works": "Allowed files can be written and replaced.",
  "read-secret": "A secret of the host and masked paths cannot be read.",
  "read-key": "Keys and the home folder are not there.",
  environment: "The environment is exactly the list, and that of PID 1 is empty.",
  descriptors: "No descriptor is open but the three of the command.",
  network: "No listener of the host, no address and no name can be reached.",
  "relay-deny": "The relay refuses what is not on its list.",
  namespaces: "Every namespace is its own, and none can be made or changed.",
  kernel: "No capability is left, and the filter denies what it must.",
  processes: "No process of the host can be seen or signalled, and every limit is set.",
};

const OWN_FIXES: Readonly<Partial<Record<CanaryId, string>>> = {
  descriptors: "apt-get install --reinstall bash",
  kernel: "apt-get install perl-base, without which no call can be tried by its number; else use a kernel with seccomp",
};
