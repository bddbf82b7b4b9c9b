import { greetAgent } from "../../harness/backend/greet-agent.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { withDemoWork } from "../demo/with-demo-work.ts";
import { EXIT } from "../exit-code.ts";
import { isAnswer, pick } from "../pick.ts";
import { table } from "../show.ts";
import { PROFILE, withAgents } from "../with-agents.ts";

/** `cto agents probe ID`: is it here at its pin, and does it start and answer in the sandbox that a run would get. */
export const act: Act<{ readonly packages?: string }, [string]> = (context, flags, given) =>
  withAgents(context, flags, async ({ agents, packages }) => {
    const id = pick(PROFILE, given, await agents.list());
    if (isAnswer(id)) return id;
    const found = await agents.find(id, packages);
    if (!found.ok)
      return {
        noun: "agent-probe",
        exit: EXIT.refused,
        data: { id },
        text: "",
        refusals: found.refusals,
        spared: "Nothing was started.",
      };
    const { probe, backend } = found.value;
    const installed = [
      ["installed", `${probe.profile} ${probe.version}`],
      ["digest", probe.binary],
      ["mediation", `${probe.declared}, as its profile declares`],
    ];
    if (backend.kind !== "acp")
      return { noun: "agent-probe", exit: EXIT.done, data: { probe }, text: table(installed) };
    const greeted = await withDemoWork(context, (demo, work) => greetAgent(demo, work, found.value));
    if (!greeted.ok)
      return { noun: "agent-probe", exit: EXIT.refused, data: { probe }, text: "", refusals: greeted.refusals };
    const greeting = greeted.value;
    const isWell = greeting.protocol === 1 && greeting.opened;
    return {
      noun: "agent-probe",
      exit: isWell ? EXIT.done : EXIT.refused,
      data: { probe, greeting },
      text: table([
        ...installed,
        ["says it is", visible(`${greeting.name ?? "nobody"} ${greeting.version ?? ""}`.trim())],
        ["protocol", greeting.protocol === undefined ? "no answer to initialize" : String(greeting.protocol)],
        ["session", greeting.opened ? "opened, without a model" : "not opened without a model"],
        ["modes", visible(greeting.modes.join(", ")) || "none"],
        ["sandbox", `level ${greeting.confinement}, ${greeting.attempts} attempts refused meanwhile`],
      ]),
    };
  });
