import type { Contract } from "./contract-form.ts";

/** A part of a contract as its owner reads it: verbatim, never shortened. */
export interface ViewSection {
  readonly heading: string;
  /** What of the contract stands in it; a change of one of these is a change of this section. */
  readonly fields: readonly (keyof Contract)[];
  /** None where there is nothing of it. */
  readonly lines: readonly string[];
}

/** The whole contract as it is shown before the words are asked for. */
export interface ContractView {
  readonly title: string;
  readonly sections: readonly ViewSection[];
}
