/** Worth the owner's eye though it voids nothing by itself; accepting names each one (R120). */
export interface Finding {
  readonly code: string;
  readonly says: string;
}
