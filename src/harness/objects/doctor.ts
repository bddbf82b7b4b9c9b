/** One thing of this machine or home that was looked at; `fix` is empty unless something has to be done. */
export interface DoctorCheck {
  readonly id: string;
  readonly status: "ok" | "warn" | "fail" | "skip";
  readonly says: string;
  readonly fix: string;
}
