import type { Command, RouteMap } from "@stricli/core";

import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { text } from "../flags.ts";
import type { Argument } from "../help.ts";

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

const ID: Argument = { placeholder: "ID", brief: "a profile, as cto agents list names it", proposes: ["agent"] };
const PACKAGES = text(
  "DIR",
  "folder node_modules to look in (default: policy.yaml, else CTO_HARNESS_AGENTS)",
  "folder",
);

/** Commands that tell which agents there are; none of them chooses one. */
export const agentRoutes = (): Routes => ({
  agents: group("agents that a contract may name", {
    list: command<{ readonly packages?: string }, []>({
      brief: "every profile: pin, mediation, whether it is installed",
      examples: ["cto agents list", "cto agents list --packages /opt/agents/node_modules --json"],
      flags: { packages: PACKAGES },
      about: [
        "Starts nothing and needs no home. Which agent works is named by policy.yaml and approved with the contract.",
      ],
      exits: "0",
      see: "cto agents probe, cto explain backend/not-the-pin",
      load: () => import("../commands/agents-list.ts"),
    }),
    show: command<object, [string]>({
      brief: "one profile: how it is set up, how it behaves",
      examples: ["cto agents show gemini", "cto agents show pi --json"],
      args: [ID],
      exits: "0 shown · 2 there is none · 3 it cannot be read",
      load: () => import("../commands/agents-show.ts"),
    }),
    probe: command<{ readonly packages?: string }, [string]>({
      brief: "start one in a sandbox of its own and say hello",
      examples: ["cto agents probe gemini", "cto agents probe qwen --packages /opt/agents/node_modules"],
      args: [ID],
      flags: { packages: PACKAGES },
      about: ["Checks the pin, then starts the agent confined, on a target made for it, with no model and no network."],
      exits: "0 it answers · 2 there is none · 3 it is not here, not the pin, or does not answer",
      load: () => import("../commands/agents-probe.ts"),
    }),
  }),
});
