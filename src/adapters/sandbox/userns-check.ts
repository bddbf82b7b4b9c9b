import { kernelArgs, LAST, NAMESPACES, rootArgs, SHARED_MEMORY_BYTES } from "./bubblewrap-args.ts";
import { launchChain, UNSHARE } from "./launch-chain.ts";
import { lastWords, launch } from "./launch.ts";
import { rootParts } from "./root-parts.ts";

/** Whether `--disable-userns` holds by itself: the one start without our filter, which would deny the same call earlier. */
export const usernsIsDisabled = async (): Promise<"disabled" | "possible"> => {
  const uid = process.getuid?.() ?? 0;
  const chain = launchChain({ identity: { kind: "own", uid }, sources: [], gathering: "", processesMax: 0 });
  const unfiltered = NAMESPACES.slice(0, NAMESPACES.indexOf("--seccomp"));
  const args = [...unfiltered, ...rootArgs(await rootParts()), ...kernelArgs(SHARED_MEMORY_BYTES), ...LAST];
  const launched = await launch({
    chain: [...chain, UNSHARE, "--user", "/bin/true"],
    args,
    filter: new Uint8Array(),
    place: "host",
    group: undefined,
    recorded: () => undefined,
  });
  const words = await lastWords(launched.stderr, launched.exited);
  // Told by the errno too: a failure for any other reason proves nothing.
  const { code } = await launched.exited;
  return code !== 0 && words.includes("No space left on device") ? "disabled" : "possible";
};
