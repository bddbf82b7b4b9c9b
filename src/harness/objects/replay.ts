/** One way to do a part of the run again, as a human gives the command. */
export interface ReplayLevelObject {
  readonly level: string;
  readonly argv: readonly string[];
}
