import type { JSX } from "preact";

import type { TargetObject } from "../../../harness/objects/target.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { usePageKeys } from "../page-keys.ts";
import { Command, Digest, quoted } from "../parts/copy.tsx";
import { clockTime, Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import type { PageProps } from "../routes.ts";

/** One target: what was admitted, what is there now, and how they differ. */
export const Page = ({ name }: PageProps): JSX.Element => {
  const target = useResource<Api["/api/targets/:name"]>(`/api/targets/${encodeURIComponent(name)}`, NEVER);
  usePageKeys({ id: name, ...(target.kind === "ready" ? { digest: target.value.sha256 } : {}) });
  return (
    <>
      <PageHead
        title={name}
        trail={<a href="/targets">Targets</a>}
        acts={
          <button type="button" onClick={target.again}>
            Look again
          </button>
        }
      />
      <Shown
        of={target}
        what="the target to be looked at"
        rows={10}
        near={(other) => `/targets/${encodeURIComponent(other)}`}
      >
        {(value) => (
          <div class="stack">
            <Drift target={value} at={target.kind === "ready" ? target.at : new Date()} />
            <BesideEachOther target={value} />
            <Findings target={value} />
            <Record target={value} />
            <Commands id={value.admission.id} path={value.admission.path} />
          </div>
        )}
      </Shown>
    </>
  );
};

const Drift = ({ target: { drift }, at }: { readonly target: TargetObject; readonly at: Date }): JSX.Element => (
  <Panel title="Drift" kind={drift.length === 0 ? "plain" : "bad"} aside={`looked at ${clockTime(at)} UTC`}>
    {drift.length === 0 ? <Empty>None: the target is as it was admitted.</Empty> : null}
    <ul class="rows">
      {drift.map(({ code, message, next }) => (
        <li key={`${code}${message}`}>
          <div class="row">
            <span class="grow">
              <Told text={message} />
              <br />
              <span class="soft">
                next: <Told text={next} />
              </span>
            </span>
            <code>{code}</code>
          </div>
        </li>
      ))}
    </ul>
  </Panel>
);

/** What stands in the record beside what was just seen; a fact that one side does not have says so. */
const BesideEachOther = ({ target: { admission, observed } }: { readonly target: TargetObject }): JSX.Element => {
  const facts: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ["Path", admission.path, observed?.realPath],
    ["Branch", admission.branch, observed?.branch],
    ["Root commits", [...admission.rootCommits].sort().join(" "), observed?.rootCommits.toSorted().join(" ")],
    ["Device and inode", `${admission.device}, ${admission.inode}`, undefined],
    ["HEAD", undefined, observed?.head],
    ["Tree", undefined, observed?.tree],
    ["Remotes", undefined, observed === null ? undefined : observed.remotes.join(" ") || "none"],
  ];
  return (
    <Panel title="Admitted, and now">
      {observed === null ? <Empty>There is no plain repository now: nothing of it could be observed.</Empty> : null}
      <div class="scroll" tabIndex={0} role="region" aria-label="Admitted facts beside those of now">
        <table class="compare">
          <thead>
            <tr>
              <th scope="col">Fact</th>
              <th scope="col">Admitted</th>
              <th scope="col">Observed now</th>
              <th scope="col">So</th>
            </tr>
          </thead>
          <tbody>
            {facts.map(([name, was, is]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{was === undefined ? <span class="soft">not in the record</span> : <Code text={was} />}</td>
                <td>{is === undefined ? <span class="soft">not told</span> : <Code text={is} />}</td>
                <td class={was !== undefined && is !== undefined && was !== is ? "bad text" : "soft"}>
                  {was === undefined || is === undefined ? "" : was === is ? "same" : "differs"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};

const Findings = ({ target: { observed } }: { readonly target: TargetObject }): JSX.Element | null =>
  observed === null ? null : (
    <Panel title="In it that could run or instruct" aside={`${observed.findings.length}`}>
      {observed.findings.length === 0 ? <Empty>Nothing was found that executes or instructs by itself.</Empty> : null}
      <ul class="rows">
        {observed.findings.map(({ finding, where, hides }) => (
          <li key={`${finding}${where}`}>
            <div class="row">
              <Told text={finding} />
              <span class="grow">
                <Code text={where} />
              </span>
              {hides === undefined ? null : <Told text={`hides ${hides.join(", ")}`} />}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );

const Record = ({ target: { admission, path, sha256, signedBy } }: { readonly target: TargetObject }): JSX.Element => (
  <Panel title="The record">
    <dl class="pairs">
      <dt>Status</dt>
      <dd>{admission.status}</dd>
      <dt>Owner</dt>
      <dd>
        <Told text={admission.owner} />
      </dd>
      <dt>Signed by</dt>
      <dd>{signedBy === null ? "nobody whose key this home knows" : <Code text={signedBy} />}</dd>
      <dt>Risk class</dt>
      <dd>
        <Told text={admission.riskClassification} />
      </dd>
      <dt>Stages</dt>
      <dd>{admission.stages.join(", ")}</dd>
      <dt>Backends</dt>
      <dd>
        <Told text={admission.backends.join(", ")} />
      </dd>
      <dt>Admitted</dt>
      <dd>
        <Moment at={admission.admittedAt} />
      </dd>
      <dt>Expires</dt>
      <dd>
        <Moment at={admission.expiresAt} />
      </dd>
      <dt>Reason</dt>
      <dd>
        <Told text={admission.reason} />
      </dd>
      <dt>File</dt>
      <dd>
        <Code text={path} /> <Digest sha256={sha256} />
      </dd>
    </dl>
  </Panel>
);

const Commands = ({ id, path }: { readonly id: string; readonly path: string }): JSX.Element => (
  <Panel title="Change it">
    <div class="body">
      <p class="soft">Only in the terminal, by the owner. No page admits, suspends or revokes.</p>
      <Command line={`cto target suspend ${id} --reason TEXT`} />
      <Command line={`cto target revoke ${id} --reason TEXT`} />
      <Command line={`cto target admit ${quoted(path)} --key KEY`} />
    </div>
  </Panel>
);
