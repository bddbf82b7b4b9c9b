import { hex } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import { isRevokedKey, readRevoked, type Revoked } from "./revoked-keys.ts";
import { attestingKeys, humanKeys, noteKeys, notesBy } from "./used-keys.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "revocation";
const REVOKED_FILE = "approval/revoked_keys";

/**
 * No key that signed is revoked, a human's as little as the home's own, by the list that the gate read or by one that
 * reached the reader another way. Lists have no dates: a revoked key counts for nothing, whenever it signed.
 */
export const checkRevocation = async (reading: Reading): Promise<readonly Check[]> => {
  const lists = listsOf(reading);
  const objections = lists.map(async ({ whose, bytes, file }): Promise<readonly Check[]> => {
    if (bytes === undefined) return [];
    const revoked = readRevoked(bytes);
    if (revoked !== undefined)
      return (await filesByRevoked(reading, revoked)).map((name) =>
        fail(ID, "evidence/signature-invalid", `it is by a key that ${whose} revokes`, name),
      );
    // A gate that could not read its own list opened for nobody.
    return file !== undefined && reading.manifest?.reach === "gate"
      ? []
      : [fail(ID, "evidence/signature-invalid", `${whose} does not read as revoked keys, so it revokes all`, file)];
  });
  const says = await Promise.all(
    lists.map(async ({ whose, bytes }) =>
      bytes === undefined
        ? `${whose} is not there`
        : `no signing key is in ${whose}, sha256 ${hex(await reading.tools.sha256(bytes)).slice(0, 8)}`,
    ),
  );
  return passUnless(ID, (await Promise.all(objections)).flat(), says.join("; "));
};

const filesByRevoked = async (reading: Reading, revoked: Revoked): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { file, keyBlob } of [...humanKeys(reading), ...attestingKeys(reading)])
    if (await isRevokedKey(revoked, keyBlob, reading.tools)) found.push(file);
  for (const keyBlob of noteKeys(reading))
    if (await isRevokedKey(revoked, keyBlob, reading.tools)) found.push(...(await notesBy(reading, keyBlob)));
  return found;
};

/** Which of the lists at hand revokes this key, or does not read and so revokes all; undefined where none does. */
export const revokerOf = async (reading: Reading, keyBlob: Uint8Array): Promise<string | undefined> => {
  for (const { whose, bytes } of listsOf(reading)) {
    const revoked = bytes === undefined ? undefined : readRevoked(bytes);
    if (bytes !== undefined && (revoked === undefined || (await isRevokedKey(revoked, keyBlob, reading.tools))))
      return whose;
  }
  return undefined;
};

const listsOf = ({ files, trust }: Reading): readonly RevokedList[] => [
  { whose: "the home's own list", bytes: files.get(REVOKED_FILE), file: REVOKED_FILE },
  { whose: "the reader's list", bytes: trust === "none" ? undefined : trust.revokedKeys, file: undefined },
];

interface RevokedList {
  readonly whose: string;
  readonly bytes: Uint8Array | undefined;
  readonly file: string | undefined;
}
