import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { livingLeases, takeLease } from "./pristine-lease.ts";
import { isAsLaid, listingOf, mark, markOf, type Pristine } from "./pristine-mark.ts";
import { pruneShared } from "./pristine-prune.ts";
import { removeFolder } from "./remove-folder.ts";
import { layTree } from "./workspace.ts";

/** Who stands on the shared checkout of which tree, owned by which uid. */
export interface SharedOrder {
  /** Absolute path of the folder of all shared checkouts. */
  readonly cache: string;
  readonly ledger: string;
  readonly tree: Oid;
  readonly owner: number;
  /** Id of the Workspace; until it leaves, the checkout is not removed. */
  readonly holder: string;
}

/**
 * The folder of one tree that every stage of one owner stands on: laid once, never written again, looked at before each
 * use. One that is not what was laid is laid anew; while somebody still stands on it, nobody else does.
 */
export const enterShared = async ({ cache, ledger, tree, owner, holder }: SharedOrder): Promise<string> => {
  const place: Pristine = { folder: join(cache, tree, String(owner)), mark: join(cache, tree, `${owner}.json`) };
  await mkdir(cache, { recursive: true, mode: 0o711 });
  const isNew = await oneAtATime(join(cache, `${tree}.lock`), async () => {
    const isSound = await isUsable(place, ledger, tree);
    if (!isSound) {
      if ((await livingLeases(cache, { tree, owner })).length > 0) throw changedInUse(place);
      await layAnew(place, ledger, tree, owner);
    }
    await takeLease(cache, { tree, owner, holder });
    const now = new Date();
    await utimes(place.mark, now, now);
    return !isSound;
  });
  if (isNew) await pruneShared(cache, tree);
  return place.folder;
};

const CONTENT_CHECK_MS = 86_400_000;

const isUsable = async (place: Pristine, ledger: string, tree: Oid): Promise<boolean> => {
  const written = await markOf(place);
  if (written === "none" || written.listing !== (await listingOf(place))) return false;
  const ageMs = Date.now() - written.contentCheckedAt;
  if (ageMs >= 0 && ageMs < CONTENT_CHECK_MS) return true;
  if (!(await isAsLaid(place, ledger, tree))) return false;
  await mark(place, { ...written, contentCheckedAt: Date.now() });
  return true;
};

// The mark goes first and comes last, so what was broken off half-way is never taken for whole.
const layAnew = async (place: Pristine, ledger: string, tree: Oid, owner: number): Promise<void> => {
  const laying = `${place.folder}.laying`;
  await rm(place.mark, { force: true });
  await removeFolder(place.folder);
  await removeFolder(laying);
  await mkdir(dirname(place.folder), { recursive: true, mode: 0o711 });
  await layTree(ledger, tree, laying, owner);
  await rename(laying, place.folder);
  const listing = await listingOf(place);
  if (listing === "unreadable") throw new Failure("target/unreadable", `${place.folder} cannot be listed`);
  await mark(place, { listing, contentCheckedAt: Date.now() });
};

const changedInUse = ({ folder }: Pristine): Failure =>
  new Failure("target/checkout-changed", `${folder} is not what was laid there, and another stage stands on it`, {
    retry: true,
  });
