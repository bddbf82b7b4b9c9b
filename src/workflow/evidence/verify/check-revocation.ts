import { hex } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import { isRevokedKey, readRevoked } from "./revoked-keys.ts";
import { readSshSignature } from "./ssh-signature.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const ID = "revocation";
const REVOKED_FILE = "approval/revoked_keys";

/** No key that signed is revoked, by the list that the gate read or by one that reached the reader another way. */
export const checkRevocation = async (reading: Reading): Promise<readonly Check[]> => {
  const { files, tools, manifest } = reading;
  if (manifest?.reach === "gate") return [pass(ID, "no signature was used")];
  const lists = listsOf(reading);
  const signed = [...files].filter(([name]) => /^approval\/[^/]+\.sig$/.test(name));
  const objections = lists.map(async ({ whose, bytes, file }): Promise<readonly Check[]> => {
    if (bytes === undefined) return [];
    const revoked = readRevoked(bytes);
    if (revoked === undefined)
      return [
        fail(ID, "evidence/signature-invalid", `${whose} does not read as revoked keys, so it revokes all`, file),
      ];
    const rows = signed.map(async ([name, armored]): Promise<readonly Check[]> => {
      const signature = readSshSignature(armored);
      return signature !== undefined && (await isRevokedKey(revoked, signature.keyBlob, tools))
        ? [fail(ID, "evidence/signature-invalid", `it is by a key that ${whose} revokes`, name)]
        : [];
    });
    return (await Promise.all(rows)).flat();
  });
  const says = await Promise.all(lists.map(async ({ whose, bytes }) => sayList(reading, whose, bytes)));
  return passUnless(ID, (await Promise.all(objections)).flat(), says.join("; "));
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

const sayList = async ({ tools }: Reading, whose: string, bytes: Uint8Array | undefined): Promise<string> =>
  bytes === undefined
    ? `${whose} is not there`
    : `no signing key is in ${whose}, sha256 ${hex(await tools.sha256(bytes)).slice(0, 8)}`;
