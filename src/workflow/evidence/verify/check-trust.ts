import { readSigners } from "./allowed-signers.ts";
import { hex } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import { readRevoked } from "./revoked-keys.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "trust";

/** The trust root comes from outside; a copy of keys inside a bundle would be ignored. */
export const checkTrust = async ({ trust, tools }: Reading): Promise<readonly Check[]> => {
  if (trust === "none") return [notProven(ID, "no trust was given: use --trust with the owner's allowed_signers")];
  const signers = readSigners(trust.allowedSigners);
  const sum = hex(await tools.sha256(trust.allowedSigners)).slice(0, 8);
  if (signers === undefined)
    return [fail(ID, "evidence/signature-missing", "the trust file does not read as allowed_signers")];
  if (trust.revokedKeys !== undefined && readRevoked(trust.revokedKeys) === undefined)
    return [fail(ID, "evidence/signature-missing", "the reader's revoked keys do not read as such a list")];
  return signers.length === 0
    ? [notProven(ID, "the trust file names nobody")]
    : [pass(ID, `allowed_signers sha256 ${sum}, ${signers.length} keys, given from outside`)];
};
