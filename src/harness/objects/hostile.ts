/** What the hostile suite came to the last time that its result was kept in this home. */
export type HostileObject =
  | { readonly kind: "never" }
  /** Something stands where the result should, and it is none. */
  | { readonly kind: "unreadable" }
  | {
      readonly kind: "kept";
      readonly at: string;
      readonly version: string;
      readonly isThisBuild: boolean;
      readonly isThisMachine: boolean;
      readonly kernel: string;
      readonly confinement: string;
      readonly held: number;
      readonly escaped: number;
      readonly notRun: number;
      /** How many cases the suite had; null where the result does not say. */
      readonly of: number | null;
      /** Those that escaped or were not run, and why. */
      readonly fell: readonly {
        readonly id: string;
        readonly attack: string;
        readonly verdict: "ESCAPED" | "not run";
        readonly says: readonly string[];
      }[];
      /** `ok`: all of it held, here, by this build, and not too long ago. */
      readonly status: "ok" | "warn" | "fail";
      /** What keeps it from saying that, one sentence each. */
      readonly but: readonly string[];
    };
