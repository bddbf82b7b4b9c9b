import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Api } from "../../api.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import type { PageProps } from "../routes.ts";
import { addressOf } from "../run-addresses.ts";
import { FileFacts } from "../run/file-facts.tsx";
import type { FileText } from "../run/file-text.ts";
import { NumberedLines } from "../run/numbered-lines.tsx";
import { useFile, type FileRead, type ReadFile } from "../run/read-file.ts";
import { fileAddress, ofRun } from "../run/while-open.ts";

/** One file of a bundle, as lines: whose word it is, who cites it, and whether it is what was sealed. */
export const Page = ({ name: run, rest: file }: PageProps): JSX.Element => {
  const known = useResource<Api["/api/r/:name"]>(addressOf(run), ofRun(run));
  const address = `/r/${encodeURIComponent(run)}`;
  return (
    <>
      <PageHead
        title={file}
        trail={
          <>
            <a href="/runs">Runs</a> / <a href={address}>{run}</a> / <a href={`${address}#evidence`}>evidence</a>
          </>
        }
      />
      <Shown of={known} what="the run" near={(other) => `/r/${encodeURIComponent(other)}`}>
        {({ verify, bundle, seq }) =>
          verify === undefined ? (
            <Panel title="Evidence">
              <Empty>Not sealed yet: appears at the seal event.</Empty>
            </Panel>
          ) : (
            <OfBundle run={run} file={file} bundle={bundle ?? ""} isFailing={verify.verdict === "FAIL"} seq={seq} />
          )
        }
      </Shown>
    </>
  );
};

const OfBundle = ({
  run,
  file,
  bundle,
  isFailing,
  seq,
}: {
  readonly run: string;
  readonly file: string;
  readonly bundle: string;
  readonly isFailing: boolean;
  readonly seq: number;
}): JSX.Element => {
  const list = useResource<Api["/api/r/:name/evidence"]>(addressOf(run, "/evidence"), ofRun(run));
  const isThere = list.kind === "ready" && list.value.files.some(({ name }) => name === file);
  const [round, setRound] = useState(0);
  const read = useFile(run, isThere ? file : undefined, round);
  return (
    <Shown of={list} what="the files">
      {({ files }) => {
        const facts = files.find(({ name }) => name === file);
        if (facts === undefined) return <NoSuchFile run={run} file={file} names={files.map(({ name }) => name)} />;
        return (
          <div class="columns">
            <div class="stack">
              {read.kind === "read" ? (
                <Contents file={file} text={read.text} />
              ) : (
                <NotRead read={read} again={() => setRound((now) => now + 1)} />
              )}
            </div>
            <FileFacts run={run} facts={facts} read={read} path={`${bundle}/${file}`} isFailing={isFailing} seq={seq} />
          </div>
        );
      }}
    </Shown>
  );
};

const NotRead = ({
  read,
  again,
}: {
  readonly read: Exclude<FileRead, ReadFile>;
  readonly again: () => void;
}): JSX.Element => {
  switch (read.kind) {
    case "reading":
      return <Empty>Reading the file.</Empty>;
    case "missing":
    case "unread":
      return (
        <Panel title="Not read" kind="bad">
          <div class="body" role="alert">
            <p>
              {read.kind === "missing"
                ? "The bundle lists this file, and the server does not find it."
                : `The bytes could not be read: ${read.why}.`}
            </p>
            <button type="button" onClick={again}>
              Read again
            </button>
          </div>
        </Panel>
      );
  }
};

const Contents = ({ file, text }: { readonly file: string; readonly text: FileText }): JSX.Element => {
  if (text.kind === "binary")
    return (
      <Panel title="Its first bytes" aside="no text">
        <NumberedLines lines={text.rows} label={`First bytes of ${file}`} anchors="plain" />
      </Panel>
    );
  return <Text file={file} lines={text.lines} json={text.json} />;
};

const Text = ({
  file,
  lines,
  json,
}: {
  readonly file: string;
  readonly lines: readonly string[];
  readonly json: readonly string[] | undefined;
}): JSX.Element => {
  const [isSetOut, setOut] = useState(false);
  const tab = (word: string, isThis: boolean): JSX.Element => (
    <button type="button" aria-pressed={isSetOut === isThis} onClick={() => setOut(isThis)}>
      {word}
    </button>
  );
  return (
    <Panel title={isSetOut ? "Its JSON, set out" : "As it is"} aside={`${lines.length.toLocaleString("en")} lines`}>
      {json === undefined ? null : (
        <div class="tabs body">
          {tab("As it is", false)}
          {tab("JSON, set out", true)}
          {isSetOut ? <p class="hint">Read anew and written out: what counts are the bytes as they are.</p> : null}
        </div>
      )}
      {lines.length === 0 ? <Empty>It is empty.</Empty> : null}
      {isSetOut && json !== undefined ? (
        <NumberedLines key="json" lines={json} label={`JSON of ${file}`} anchors="plain" />
      ) : (
        <NumberedLines key="raw" lines={lines} label={`Lines of ${file}`} anchors="linked" />
      )}
    </Panel>
  );
};

const NoSuchFile = ({
  run,
  file,
  names,
}: {
  readonly run: string;
  readonly file: string;
  readonly names: readonly string[];
}): JSX.Element => (
  <Panel title="No such file" kind="bad">
    <div class="body no-such-file">
      <p>
        The bundle of {run} holds no file <Code text={file} />. It holds:
      </p>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <a href={fileAddress(run, name)}>
              <Code text={name} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  </Panel>
);
