import type { Assurance, Authority } from "../authority.ts";
import { isBelow } from "./assurance.ts";
import type { Quorum } from "./quorum.ts";

/**
 * What policy asks of whoever signs for a risk class. One that policy.yaml does not list is refused at admission; here it
 * asks for the most. Several are told apart by their keys, so that a quorum without signatures would count nobody.
 */
export const minimumAssurance = (
  { riskClasses }: Pick<Authority, "riskClasses">,
  risk: string,
  { required }: Pick<Quorum, "required">,
): Assurance => {
  const minimum = (Object.hasOwn(riskClasses, risk) ? riskClasses[risk]?.minimumAssurance : undefined) ?? "A3";
  return required > 1 && isBelow(minimum, "A2") ? "A2" : minimum;
};
