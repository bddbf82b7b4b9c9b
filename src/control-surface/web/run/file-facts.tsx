import type { JSX } from "preact";

import type { EvidenceFile } from "../../../harness/objects/evidence.ts";
import type { ReadFile } from "../pages/evidence.tsx";
import { Command, Digest, quoted } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { sized } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Told } from "../parts/told.tsx";

/** What stands behind a file, and how to check it without this page. */
export const FileFacts = ({
  run,
  facts,
  read,
  path,
  isFailing,
  seq,
}: {
  readonly run: string;
  readonly facts: EvidenceFile;
  readonly read: ReadFile | undefined;
  /** Of the file, in the home. */
  readonly path: string;
  readonly isFailing: boolean;
  /** Of the record that sealed it, or that came after. */
  readonly seq: number;
}): JSX.Element => {
  const differs = read?.sealed !== undefined && read.sealed !== read.found;
  return (
    <Panel title="This file" kind={differs || isFailing ? "bad" : "plain"}>
      <dl class="pairs">
        <dt>Hashed here</dt>
        <dd>
          {read === undefined ? "not yet" : <Digest sha256={read.found} />}
          <Comparison read={read} seq={seq} />
        </dd>
        <dt>Sealed as</dt>
        <dd>
          {read?.sealed === undefined ? (
            <span class="soft">no line of SHA256SUMS</span>
          ) : (
            <Digest sha256={read.sealed} />
          )}
        </dd>
        <dt>Size</dt>
        <dd>
          {sized(facts.size)} <span class="soft">({facts.size.toLocaleString("en")} bytes)</span>
        </dd>
        <dt>Media type</dt>
        <dd>
          <Told text={facts.mediaType} />
        </dd>
        <dt>Made by</dt>
        <dd>{facts.producedBy}</dd>
        <dt>Trust</dt>
        <dd>{facts.trust}</dd>
        <dt>Cited by</dt>
        <dd>
          {facts.citedBy.length === 0
            ? "no criterion"
            : `criterion ${facts.citedBy.map((id) => id.replace(/^C/, "")).join(", ")}`}
        </dd>
      </dl>
      <div class="body">
        {isFailing ? (
          <p class="state bad">
            <Icon name="cross" />
            <span>The evidence of {run} does not verify: FAIL</span>
          </p>
        ) : null}
        <p class="hint">The same in a terminal, in the folder of the home:</p>
        <Command line={`sha256sum ${quoted(path)}`} />
        <p class="hint">The whole bundle, also against who signed it:</p>
        <Command line={`cto verify ${run} --trust FILE`} />
        <button
          type="button"
          disabled={read === undefined}
          onClick={() => read !== undefined && save(facts.name, read.bytes)}
        >
          Download
        </button>
      </div>
    </Panel>
  );
};

const Comparison = ({
  read,
  seq,
}: {
  readonly read: ReadFile | undefined;
  readonly seq: number;
}): JSX.Element | null => {
  if (read?.sealed === undefined) return null;
  const isSame = read.sealed === read.found;
  return (
    <p class={`state ${isSame ? "ok" : "bad"}`} data-event={isSame ? seq : undefined}>
      <Icon name={isSame ? "check" : "cross"} />
      <span>{isSame ? "same as sealed" : "does not verify: it is not what was sealed"}</span>
    </p>
  );
};

/** Saved by the browser, under the last part of its name; it is never opened here. */
const save = (name: string, bytes: ArrayBuffer): void => {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name.split("/").at(-1) ?? "artifact";
  link.click();
  URL.revokeObjectURL(address);
};
