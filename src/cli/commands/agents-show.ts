import { agentPage } from "../../workflow/backend/agent-page.ts";
import { visibleLines } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isAnswer, pick } from "../pick.ts";
import { PROFILE, withAgents } from "../with-agents.ts";

/** `cto agents show ID`: the page of one profile: how it is set up, how it behaves, how it is started. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withAgents(context, flags, async ({ agents }) => {
    const id = pick(PROFILE, given, await agents.list());
    if (isAnswer(id)) return id;
    const profile = await agents.read(id);
    if (!profile.ok) return { noun: "agent", exit: EXIT.refused, data: { id }, text: "", refusals: profile.refusals };
    return {
      noun: "agent",
      exit: EXIT.done,
      data: { profile: profile.value },
      text: visibleLines(agentPage(profile.value)),
    };
  });
