import { agentPackages } from "../../harness/agent-packages.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto agents list`: every profile, its pin, how much of it passes through our hands, and whether it is here. */
export const act: Act<{ readonly packages?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const packages = flags.packages ?? (await agentPackages(world));
    const agents = await Promise.all(
      (await world.agents.list()).map(async (id) => {
        const profile = await world.agents.read(id);
        if (!profile.ok) return { id, kind: "unreadable", pin: "", mediation: "", dialect: "", here: says(profile) };
        const { kind, package: name, version, mediation, dialect } = profile.value;
        const found = await world.agents.find(id, packages);
        const pin = name === undefined ? "no package" : `${name}@${version ?? ""}`;
        return { id, kind, pin, mediation, dialect, here: found.ok ? "installed" : says(found) };
      }),
    );
    return {
      noun: "agents",
      exit: EXIT.done,
      data: { packages, agents },
      text: table(
        agents.map(({ id, kind, mediation, dialect, pin, here }) => [id, kind, mediation, dialect, pin, visible(here)]),
      ),
    };
  });

const says = ({ refusals }: { readonly refusals: readonly Refusal[] }): string =>
  refusals.map((one) => wordsOf(one).says).join(" ");
