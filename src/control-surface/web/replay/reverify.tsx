import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Command } from "../parts/copy.tsx";
import { clockTime } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** The bundle verified anew by the server, check by check. */
export const Reverify = ({ run }: { readonly run: string }): JSX.Element => {
  const [round, setRound] = useState(0);
  return (
    <Panel
      title="Verify again"
      aside={
        <button type="button" onClick={() => setRound((now) => now + 1)}>
          Verify now
        </button>
      }
    >
      {round === 0 ? (
        <div class="body">
          <p class="soft">
            The server reads the bundle and recomputes it. The same from elsewhere, with a trust file of your own:
          </p>
          <Command line={`cto verify ${run} --trust FILE`} />
        </div>
      ) : (
        <Checks key={round} run={run} />
      )}
    </Panel>
  );
};

const Checks = ({ run }: { readonly run: string }): JSX.Element => {
  const verdict = useResource<Api["/api/r/:name/verify"]>(`/api/r/${encodeURIComponent(run)}/verify`, NEVER);
  return (
    <Shown of={verdict} what="the bundle to be verified" rows={8}>
      {({ verdict: word, checks, notClaimed }) => (
        <>
          <p class="empty" role="status" data-seen={verdict.kind === "ready" ? verdict.at.toISOString() : undefined}>
            <strong class={word === "PASS" ? "ok" : "bad text"}>{word}</strong>,{" "}
            {checks.filter((check) => check.verdict === "PASS").length} of {checks.length} checks pass
            {verdict.kind === "ready" ? `, at ${clockTime(verdict.at)} UTC` : ""}.
          </p>
          <ul class="rows">
            {checks.map((check) => (
              <li key={`${check.id}${check.says}`}>
                <div class="row">
                  <span class={check.verdict === "PASS" ? "soft" : check.verdict === "FAIL" ? "bad text" : "warn"}>
                    {check.verdict}
                  </span>
                  <code class="check-id">{check.id}</code>
                  <span class="grow">
                    <Told text={check.says} />
                  </span>
                </div>
              </li>
            ))}
          </ul>
          {notClaimed.length === 0 ? null : (
            <Empty>
              Not claimed: <Told text={notClaimed.join(" · ")} />
            </Empty>
          )}
        </>
      )}
    </Shown>
  );
};
