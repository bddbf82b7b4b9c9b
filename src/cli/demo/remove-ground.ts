import { hostShell } from "../../compose.ts";

/** Removes a folder that was made for a story: its sealed bundles are closed to their owner too, its names may be too long for Node. */
export const removeGround = async (folder: string): Promise<void> => {
  const script = 'chmod -R u+rwX -- "$FOLDER"; rm -rf -- "$FOLDER"';
  await hostShell({ script, folder: "/", env: { PATH: "/usr/bin:/bin", FOLDER: folder }, timeoutMs: 60_000 });
};
