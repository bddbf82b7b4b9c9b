import type { JSX } from "preact";

import type { TargetRow } from "../../../harness/objects/target.ts";
import type { Api } from "../../api.ts";
import { Command } from "../parts/copy.tsx";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** Every Admission record of the home. Admitting, suspending and revoking are commands; no page does them. */
export const Page = (): JSX.Element => {
  const targets = useResource<Api["/api/targets"]>("/api/targets");
  return (
    <>
      <PageHead title="Targets" />
      <div class="stack">
        <Shown of={targets} what="the targets">
          {({ targets: rows }) => (
            <Panel title="Admission records" aside={`${rows.length}`}>
              {rows.length === 0 ? <Empty>No repository was admitted yet.</Empty> : null}
              <ul class="rows">
                {rows.map((row) => (
                  <li key={row.record}>
                    <Row row={row} />
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </Shown>
        <Panel title="Admit another">
          <div class="body">
            <p class="soft">Only in the terminal, signed by the owner's key.</p>
            <Command line="cto target admit PATH --key KEY" />
          </div>
        </Panel>
      </div>
    </>
  );
};

const Row = ({ row }: { readonly row: TargetRow }): JSX.Element =>
  "id" in row ? (
    <a href={`/targets/${encodeURIComponent(row.id)}`} data-row>
      <span class={row.status === "admitted" ? "target-status" : "target-status warn"}>{row.status}</span>
      <span class="grow">
        <Told text={row.id} /> <span class="soft">admitted by</span> <Told text={row.owner} />
        <br />
        <Code text={row.path} />
      </span>
      <span class="soft">
        expires <Moment at={row.expiresAt} />
      </span>
    </a>
  ) : (
    <div class="row">
      <span class="grow">
        <Code text={row.record} />
        {row.refusals.map(({ code, message }) => (
          <p key={code} class="bad text">
            <Told text={message} /> <code>{code}</code>
          </p>
        ))}
      </span>
    </div>
  );
