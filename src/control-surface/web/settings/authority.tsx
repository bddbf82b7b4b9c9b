import type { JSX } from "preact";

import type { AuthorityObject, FileObject, SettingObject } from "../../../harness/objects/authority.ts";
import type { Api } from "../../api.ts";
import { WHEN_ASKED } from "../follow.ts";
import { Command, Copy, Digest } from "../parts/copy.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** Whose keys count and what policy.yaml asks, as the files of the home say it now. No page changes them. */
export const Authority = (): JSX.Element => {
  const authority = useResource<Api["/api/authority"]>("/api/authority", WHEN_ASKED);
  return (
    <Shown of={authority} what="keys and policy" rows={10}>
      {({ trustRoot, signers, revoked, own, policy, notify }) => (
        <>
          <Panel title="Who may sign" kind={trustRoot.state === "broken" ? "bad" : "plain"} aside="no page changes it">
            <File file={signers} />
            <div class="body">
              <p
                class={`state ${TRUST[trustRoot.state][0]}`}
                data-seen={authority.kind === "ready" ? authority.at.toISOString() : undefined}
              >
                <Icon name={TRUST[trustRoot.state][1]} />
                <span>
                  {TRUST[trustRoot.state][2]}: <Told text={trustRoot.says} />
                </span>
              </p>
            </div>
            <ul class="rows">
              {signers.keys.map((key) => (
                <li key={`${key.fingerprint}${key.principals.join()}`}>
                  <Signer signer={key} />
                </li>
              ))}
            </ul>
            <File file={revoked} />
            <Empty>
              {revoked.count === null
                ? "Which keys are revoked is not known."
                : revoked.count === 0
                  ? "No key is revoked."
                  : `${revoked.count} ${revoked.count === 1 ? "key counts" : "keys count"} for nothing, whoever names them.`}
            </Empty>
          </Panel>
          <Panel title="The home's own keys" kind={own.problems.length > 0 ? "bad" : "plain"}>
            <ul class="rows">
              {own.keys.map(({ role, fingerprint, state, from, until }) => (
                <li key={`${role}${fingerprint}`}>
                  <div class="row">
                    <span class={state === "untrusted" ? "bad text" : "soft"}>{OWN[state]}</span>
                    <span>{role}</span>
                    <Copy text={fingerprint} />
                    <span class="soft">{timesOf(from, until)}</span>
                  </div>
                </li>
              ))}
              {own.problems.map(({ says, fix }) => (
                <li key={says}>
                  <div class="row">
                    <span class="bad text">
                      <Told text={says} />
                    </span>
                    <span class="grow">
                      <Told text={fix} />
                    </span>
                  </div>
                </li>
              ))}
            </ul>
            <div class="body">
              <Command line="cto keys list" />
            </div>
          </Panel>
          <Panel title="Policy" aside="as it counts, no page changes it">
            <File file={policy} />
            <Settings settings={policy.settings} />
          </Panel>
          <Panel title="Notices" aside="addresses are not shown">
            <File file={notify} />
            <Settings settings={notify.settings} />
          </Panel>
        </>
      )}
    </Shown>
  );
};

const TRUST: Readonly<
  Record<AuthorityObject["trustRoot"]["state"], readonly [tone: string, icon: IconName, word: string]>
> = {
  signed: ["ok", "check", "Signed"],
  "not-signed": ["warn", "warn", "Not signed"],
  broken: ["bad", "cross", "Not as it was signed"],
  unreadable: ["bad", "cross", "Nobody may sign"],
};

const OWN = { signs: "signs now", former: "signed before", untrusted: "not trusted" } as const;

const KEY: Readonly<Record<AuthorityObject["signers"]["keys"][number]["state"], readonly [string, string]>> = {
  counts: ["soft", "counts"],
  revoked: ["bad text", "revoked"],
  "not-yet": ["warn", "not yet"],
  ended: ["warn", "ended"],
};

const File = ({ file: { path, sha256, problem } }: { readonly file: FileObject }): JSX.Element => (
  <div class="file-name">
    <code>{path}</code> {sha256 === null ? <span class="soft">is not there</span> : <Digest sha256={sha256} />}
    {problem === "" ? null : (
      <p class="bad text">
        <Told text={problem} />
      </p>
    )}
  </div>
);

const Signer = ({ signer }: { readonly signer: AuthorityObject["signers"]["keys"][number] }): JSX.Element => {
  const [tone, word] = KEY[signer.state];
  return (
    <div class="row signer">
      <span class={tone}>{word}</span>
      <strong>
        <Told text={signer.principals.join(", ")} />
      </strong>
      <span class="grow">
        <Copy text={signer.fingerprint} />
        <span class="soft">
          {signer.isPasskey ? "passkey, " : ""}
          {signer.type}, {timesOf(signer.from, signer.until)}
        </span>
        <span>
          for <Told text={signer.roles.join(", ")} />
        </span>
      </span>
    </div>
  );
};

const timesOf = (from: number | null, until: number | null): string =>
  from === null && until === null ? "at all times" : `${timeOf(from, "always")} to ${timeOf(until, "no end")}`;

const timeOf = (seconds: number | null, open: string): string =>
  seconds === null ? open : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const Settings = ({ settings }: { readonly settings: readonly SettingObject[] }): JSX.Element =>
  settings.length === 0 ? (
    <Empty>It sets nothing.</Empty>
  ) : (
    <dl class="pairs setting">
      {settings.map(({ name, value }) => (
        <>
          <dt>
            <Code text={name} />
          </dt>
          <dd>
            <Code text={value} />
          </dd>
        </>
      ))}
    </dl>
  );
