/** An environment without any variable of the Harness: what only reads, and what listens, opens no gate (R057). */
export const withoutSwitches = (
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("CTO_HARNESS_")));
