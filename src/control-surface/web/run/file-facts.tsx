import type { JSX } from "preact";

import type { EvidenceFile } from "../../../harness/objects/evidence.ts";
import { Command, Digest, quoted } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { sized } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Told } from "../parts/told.tsx";
import type { FileRead } from "./read-file.ts";

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
  readonly read: FileRead;
  /** Of the file, in the home. */
  readonly path: string;
  readonly isFailing: boolean;
  /** Of the record that sealed it, or that came after. */
  readonly seq: number;
}): JSX.Element => {
  const hasChanged = read.kind === "missing" || comparedTo(read) === "differs";
  return (
    <Panel title="This file" kind={hasChanged || isFailing ? "bad" : "plain"}>
      <dl class="pairs">
        <dt>Hashed here</dt>
        <dd>
          <Found read={read} />
          <Comparison read={read} seq={seq} />
        </dd>
        <dt>Sealed as</dt>
        <dd>
          <Sealed read={read} />
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
      <div class="body after-pairs">
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
          class="wide"
          disabled={read.kind !== "read"}
          onClick={() => read.kind === "read" && save(facts.name, read.bytes)}
        >
          Download
        </button>
      </div>
    </Panel>
  );
};

const Found = ({ read }: { readonly read: FileRead }): JSX.Element => {
  switch (read.kind) {
    case "reading":
      return <>not yet</>;
    case "missing":
      return <span class="bad text">not there</span>;
    case "unread":
      return <span class="soft">not read: {read.why}</span>;
    case "read":
      return <Digest sha256={read.found} />;
  }
};

const Sealed = ({ read }: { readonly read: FileRead }): JSX.Element => {
  if (read.kind !== "read") return <span class="soft">not known yet</span>;
  const { sealed } = read;
  switch (sealed.kind) {
    case "sum":
      return <Digest sha256={sealed.sha256} />;
    case "no-line":
      return <span class="soft">no line of SHA256SUMS</span>;
    case "no-list":
      return <span class="bad text">SHA256SUMS is not a list of sums</span>;
    case "unread":
      return <span class="soft">not known, SHA256SUMS was not read: {sealed.why}</span>;
  }
};

const comparedTo = (read: FileRead): "same" | "differs" | "not-compared" => {
  if (read.kind !== "read" || read.sealed.kind !== "sum") return "not-compared";
  return read.sealed.sha256 === read.found ? "same" : "differs";
};

const Comparison = ({ read, seq }: { readonly read: FileRead; readonly seq: number }): JSX.Element | null => {
  const compared = comparedTo(read);
  if (compared === "not-compared") return null;
  const isSame = compared === "same";
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
