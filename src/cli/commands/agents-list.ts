import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withAgents } from "../with-agents.ts";

/** `cto agents list`: every profile, its pin, how much of it passes through our hands, and whether it is here. */
export const act: Act<{ readonly packages?: string }, []> = (context, flags) =>
  withAgents(context, flags, async ({ agents, packages, world }) => {
    const policy = world === undefined ? undefined : readPolicy(await world.home.read(POLICY_PATH));
    const backends = policy?.ok === true ? policy.value.backends : {};
    const rows = await Promise.all(
      (await agents.list()).map(async (id) => {
        const named = (["acp", "command"] as const).filter((kind) => backends[kind]?.profile === id);
        const profile = await agents.read(id);
        if (!profile.ok)
          return {
            id,
            kind: "unreadable",
            pin: "",
            mediation: "",
            dialect: "",
            sandbox: "",
            named,
            here: says(profile),
          };
        const { kind, package: name, version, mediation, dialect, nestedSandbox } = profile.value;
        const found = await agents.find(id, packages);
        const pin = name === undefined ? "no package" : `${name}@${version ?? ""}`;
        const sandbox = nestedSandbox === true ? "its own cannot nest" : "ours";
        return { id, kind, pin, mediation, dialect, sandbox, named, here: found.ok ? "installed" : says(found) };
      }),
    );
    const words = rows.map(({ id, kind, mediation, dialect, sandbox, pin, named, here }) => [
      id,
      kind,
      mediation,
      dialect,
      sandbox,
      pin,
      [...named.map((by) => `policy.yaml names it at backends.${by}`), visible(here)].join("; "),
    ]);
    return {
      noun: "agents",
      exit: EXIT.done,
      data: { packages, agents: rows, backends: Object.keys(backends) },
      text: [
        table([["profile", "kind", "mediation", "dialect", "sandbox", "pin", "here"], ...words]),
        ...(world === undefined ? ["There is no home here: these are the profiles that ship."] : []),
      ].join("\n"),
    };
  });

const says = ({ refusals }: { readonly refusals: readonly Refusal[] }): string =>
  refusals
    .map((one) => (one.code === "backend/not-available" ? String(one.facts["problem"]) : wordsOf(one).says))
    .join(" ");
