import type { JSX } from "preact";

import type { EvidenceFile } from "../../../harness/objects/evidence.ts";
import type { VerdictWord } from "../../../workflow/evidence/verify/verdict.ts";
import type { Api } from "../../api.ts";
import { Command, Digest } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { sized } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource, type Resource } from "../resource.ts";
import { addressOf } from "../run-addresses.ts";
import { useDrawn } from "../use-drawn.ts";
import { isListed, mismatchesOf, saidOf, type Hashed, type Rehash } from "./sums.ts";
import { fileAddress, ofRun } from "./while-open.ts";

/** Every file of the bundle, hashed here and held against SHA256SUMS; and what the verifier of the server says. */
export const Evidence = ({
  run,
  rehash,
  verdict,
  sealedSeq,
  again,
}: {
  readonly run: string;
  readonly rehash: Rehash;
  readonly verdict: VerdictWord | undefined;
  readonly sealedSeq: number | undefined;
  readonly again: () => void;
}): JSX.Element => {
  const list = useResource<Api["/api/r/:name/evidence"]>(addressOf(run, "/evidence"), ofRun(run));
  const isBad = mismatchesOf(rehash).length > 0 || verdict === "FAIL";
  const isWhole = rehash.state === "ended" && [...rehash.found.values()].every(({ kind }) => kind === "same");
  return (
    <Panel
      title="Evidence"
      id="evidence"
      kind={isBad ? "bad" : "plain"}
      aside={
        <span
          class={isBad ? "bad text" : isWhole && sealedSeq !== undefined ? "ok" : "soft"}
          data-event={isWhole ? sealedSeq : undefined}
          aria-busy={rehash.state === "hashing" || rehash.state === "listing" ? "true" : undefined}
        >
          {saidOf(rehash)}
        </span>
      }
    >
      <Checks run={run} isFailing={isBad} />
      {/* While the whole does not verify, no part of it has a tick. */}
      <Shown of={list} what="the files" rows={12}>
        {({ files }) => <Files run={run} files={files} rehash={rehash} sealedSeq={isBad ? undefined : sealedSeq} />}
      </Shown>
      <div class="body">
        <p class="hint">
          This proves that what you read here is what was sealed. It does not prove the seal: the same server delivers
          the files and their sums. Who trusts neither verifies elsewhere:
        </p>
        <Command line={`cto verify ${run} --trust FILE`} />
        <button type="button" onClick={again}>
          Hash again
        </button>
      </div>
    </Panel>
  );
};

/** What the verifier objects to, word for word; silent where nothing is wrong. */
const Checks = ({ run, isFailing }: { readonly run: string; readonly isFailing: boolean }): JSX.Element | null =>
  isFailing ? <FailedChecks run={run} /> : null;

const FailedChecks = ({ run }: { readonly run: string }): JSX.Element => {
  const verify: Resource<Api["/api/r/:name/verify"]> = useResource<Api["/api/r/:name/verify"]>(
    addressOf(run, "/verify"),
    ofRun(run),
  );
  return (
    <Shown of={verify} what="the verifier" rows={2}>
      {({ verdict, checks }) => (
        <>
          <p class="state bad body">
            <Icon name="cross" />
            <span>Evidence does not verify: {verdict === "PASS" ? "FAIL in this browser" : verdict}</span>
          </p>
          <ul class="grid-rows">
            {checks
              .filter((check) => check.verdict !== "PASS")
              .map(({ id, verdict: word, says, file }, at) => (
                <li key={at}>
                  <span class="bad text">{word}</span>
                  <code>{id}</code>
                  <span class="grow">
                    <Told text={says} />
                  </span>
                  {file === undefined ? null : <Code text={file} />}
                </li>
              ))}
          </ul>
        </>
      )}
    </Shown>
  );
};

const SEEN_AT_FIRST = 8;

const Files = ({
  run,
  files,
  rehash,
  sealedSeq,
}: {
  readonly run: string;
  readonly files: readonly EvidenceFile[];
  readonly rehash: Rehash;
  readonly sealedSeq: number | undefined;
}): JSX.Element => {
  // Which files stand outside the sums is known once the sums are.
  const areKnown = isListed(rehash);
  const drawn = useDrawn(files.length, SEEN_AT_FIRST);
  const listed = new Map(rehash.listed.map(({ name, sha256 }) => [name, sha256]));
  const gone = rehash.listed.filter(({ name }) => !files.some((file) => file.name === name));
  return (
    <table class="files">
      <thead>
        <tr>
          <th scope="col">Hashed here</th>
          <th scope="col">File</th>
          <th scope="col">Sealed as</th>
          <th scope="col" class="num">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {files.slice(0, drawn).map(({ name, size, citedBy }) => {
          const sealed = listed.get(name);
          return (
            <tr key={name}>
              <td>
                <HashedWord
                  hashed={sealed === undefined && areKnown ? "outside" : rehash.found.get(name)}
                  sealedSeq={sealedSeq}
                />
              </td>
              <th scope="row">
                <a href={fileAddress(run, name)}>
                  <Code text={name} />
                </a>
                {citedBy.length === 0 ? null : <span class="soft"> cited by {citedBy.join(", ")}</span>}
              </th>
              <td>
                {sealed === undefined ? (
                  <span class="soft">{areKnown ? "stands outside the sums" : "not known yet"}</span>
                ) : (
                  <Digest sha256={sealed} />
                )}
              </td>
              <td class="num">{sized(size)}</td>
            </tr>
          );
        })}
        {gone.map(({ name, sha256 }) => (
          <tr key={name}>
            <td>
              <HashedWord hashed={{ kind: "missing" }} sealedSeq={undefined} />
            </td>
            <th scope="row">
              <Code text={name} />
            </th>
            <td>
              <Digest sha256={sha256} />
            </td>
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const HashedWord = ({
  hashed,
  sealedSeq,
}: {
  /** `outside`: no line of the sums is about it. Undefined: not hashed yet. */
  readonly hashed: Hashed | "outside" | undefined;
  readonly sealedSeq: number | undefined;
}): JSX.Element => {
  if (hashed === undefined || hashed === "outside")
    return <span class="soft">{hashed === undefined ? "not yet" : "–"}</span>;
  switch (hashed.kind) {
    case "same":
      return (
        <span class={sealedSeq === undefined ? "state neutral" : "state ok"} data-event={sealedSeq}>
          <Icon name={sealedSeq === undefined ? "dash" : "check"} />
          <span>same</span>
        </span>
      );
    case "differs":
    case "missing":
      return (
        <span class="state bad">
          <Icon name="cross" />
          <span>{hashed.kind}</span>
        </span>
      );
    case "unread":
      return <span class="soft">not read: {hashed.why}</span>;
  }
};

export const NoEvidenceYet = (): JSX.Element => (
  <Panel title="Evidence" id="evidence">
    <Empty>Not sealed yet: appears at the seal event.</Empty>
  </Panel>
);
