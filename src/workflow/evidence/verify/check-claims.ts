import { fail, passUnless, type Check } from "./verdict.ts";

/** What one proof file says of itself: a claim of a known name, and whether its fields hold. */
export interface ProvenClaim {
  readonly claim: string;
  readonly holds: boolean;
}

/** A claim that its own fields do not carry is FAIL; so is a claim that nobody knows, and one made and not made at once. */
export const claimRows = (
  id: string,
  file: string,
  { claims, notClaimed }: { readonly claims: readonly string[]; readonly notClaimed: readonly string[] },
  known: readonly ProvenClaim[],
): readonly Check[] => {
  const off = (says: string): Check => fail(id, "evidence/proof-contradicted", says, file);
  const strange = claims.filter((claim) => !known.some((one) => one.claim === claim));
  return [
    ...strange.map((claim) => off(`it claims ${JSON.stringify(claim)}, which has no meaning here`)),
    ...known
      .filter(({ claim, holds }) => claims.includes(claim) && !holds)
      .map(({ claim }) => off(`${claim} is claimed without its fields`)),
    ...known
      .filter(({ claim }) => claims.includes(claim) === notClaimed.includes(claim))
      .map(({ claim }) => off(`${claim} must be claimed or not, and not both`)),
    ...(new Set(claims).size === claims.length ? [] : [off("a claim is made twice")]),
  ];
};

/** The rows of one proof: its statements that do not hold and its claims that its fields do not carry. */
export const proofRows = (
  id: string,
  file: string,
  statements: readonly (readonly [boolean, string])[],
  claims: readonly Check[],
  says: string,
): readonly Check[] => {
  const objections = statements
    .filter(([holds]) => !holds)
    .map(([, wrong]) => fail(id, "evidence/proof-contradicted", wrong, file));
  return passUnless(id, [...objections, ...claims], says);
};
