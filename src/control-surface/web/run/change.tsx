import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { DiffFile, DiffObject } from "../../../harness/objects/diff.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { addressOf } from "../run-addresses.ts";
import { marksOf, worstFirst } from "./change-order.ts";
import { FileLines } from "./file-lines.tsx";
import { patchFilesOf, type PatchFile } from "./patch.ts";
import { ofRun } from "./while-open.ts";

/** What the run changed: the list of files first, the worst of them on top, then their lines. */
export const Change = ({ run }: { readonly run: string }): JSX.Element => {
  const diff = useResource<DiffObject>(addressOf(run, "/diff"), ofRun(run));
  const count =
    diff.kind === "ready" ? `${diff.value.files.length} ${diff.value.files.length === 1 ? "file" : "files"}` : "";
  return (
    <Panel title="Change" id="diff" aside={count}>
      <Shown of={diff} what="the change" rows={8}>
        {(value) => <Files diff={value} />}
      </Shown>
    </Panel>
  );
};

/** Before the seal only the paths are seen; what they came to is judged when the agent has ended. */
export const ChangeSoFar = ({ paths }: { readonly paths: readonly string[] | undefined }): JSX.Element => (
  <Panel title="Change so far" id="diff" aside="provisional: judged when the agent has ended">
    {paths === undefined ? <Empty>What was written so far is not known yet.</Empty> : null}
    {paths?.length === 0 ? <Empty>No path was seen written so far.</Empty> : null}
    <ul class="rows">
      {paths?.map((path) => (
        <li key={path}>
          <div class="row">
            <Code text={path} />
          </div>
        </li>
      ))}
    </ul>
  </Panel>
);

/** Lines of all files that open by themselves; the others open when they are asked for. */
const OPEN_LINES_MAX = 1200;

const Files = ({ diff: { patch, files } }: { readonly diff: DiffObject }): JSX.Element => {
  const read = useMemo(() => patchFilesOf(patch ?? ""), [patch]);
  const parts = new Map(read.files.map((file) => [file.path, file]));
  const ordered = worstFirst(files);
  const unlisted = read.files.filter(({ path }) => !files.some((file) => file.path === path));
  let budget = OPEN_LINES_MAX;
  const opens = (part: PatchFile | undefined): boolean => (budget -= Math.min(part?.lines.length ?? 0, 400)) >= 0;
  return (
    <>
      {files.length === 0 && patch === null ? <Empty>Nothing was changed.</Empty> : null}
      {files.length > 0 && patch === null ? (
        <Empty>No patch is kept: what stands here is what was judged, without its lines.</Empty>
      ) : null}
      {files.length < 2 && patch !== null ? null : <FileList files={ordered} hasLines={patch !== null} />}
      {patch === null
        ? null
        : ordered.map((file) => {
            const part = parts.get(file.path);
            return <FilePart key={file.path} file={file} part={part} isOpen={opens(part)} />;
          })}
      {unlisted.map((part) => (
        <FilePart key={part.path} file={unknownFile(part.path)} part={part} isOpen={false} />
      ))}
      {patch !== null && patch !== "" && read.files.length === 0 ? (
        <pre class="lines raw" tabIndex={0} role="region" aria-label="The patch as it is">
          <Code text={patch.slice(0, 20_000)} />
        </pre>
      ) : null}
    </>
  );
};

const unknownFile = (path: string): DiffFile => ({
  path,
  change: "in the patch, in no list",
  allowed: false,
  verdict: "unknown",
  added: null,
  removed: null,
  oldMode: null,
  newMode: null,
  binary: false,
});

const FileList = ({
  files,
  hasLines,
}: {
  readonly files: readonly DiffFile[];
  readonly hasLines: boolean;
}): JSX.Element => (
  <ul class="grid-rows">
    {files.map((file) => (
      <li key={file.path}>
        {hasLines ? (
          <a href={`#${idOf(file.path)}`}>
            <Code text={file.path} />
          </a>
        ) : (
          <Code text={file.path} />
        )}
        <Scope file={file} />
        <span class="soft">{marksOf(file).join(", ")}</span>
        <Counts file={file} />
      </li>
    ))}
  </ul>
);

const FilePart = ({
  file,
  part,
  isOpen,
}: {
  readonly file: DiffFile;
  readonly part: PatchFile | undefined;
  readonly isOpen: boolean;
}): JSX.Element => (
  <details class="file" id={idOf(file.path)} open={isOpen}>
    <summary>
      <Code text={file.path} />
      <Scope file={file} />
      <span class="soft">{marksOf(file).join(", ")}</span>
      <Counts file={file} />
    </summary>
    {part === undefined ? (
      <Empty>No line of the patch is about this path.</Empty>
    ) : (
      <FileLines part={part} isBinary={file.binary} />
    )}
  </details>
);

const Scope = ({ file: { allowed, verdict } }: { readonly file: DiffFile }): JSX.Element => (
  <span class={allowed ? "soft" : "bad text"}>{allowed ? "allowed path" : verdict}</span>
);

const Counts = ({ file: { added, removed } }: { readonly file: DiffFile }): JSX.Element => (
  <span class="counts num">
    {added === null || removed === null ? (
      <span class="soft">lines unknown</span>
    ) : (
      <>
        <span class="ok">+{added}</span> <span class="bad text">−{removed}</span>
      </>
    )}
  </span>
);

// An id must hold no space; any path has one of its own.
const idOf = (path: string): string => `file-${encodeURIComponent(path)}`;
