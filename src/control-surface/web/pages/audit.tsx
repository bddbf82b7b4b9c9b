import type { JSX } from "preact";

import type { AuditEntry, AuditPage } from "../../../harness/objects/audit.ts";
import { visible, visibleLines } from "../../../workflow/visible-text.ts";
import { NEVER, WHEN_ASKED, type Follow } from "../follow.ts";
import { pageFromNewest, type NewestFirst } from "../lists/audit-pages.ts";
import { here, query } from "../navigation.ts";
import { Command, Digest } from "../parts/copy.tsx";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { targetIn } from "../target-in.ts";

/** The ledger, record by record, the newest first. */
export const Page = (): JSX.Element => {
  const words = here.value.query;
  const typed = words.get("work") ?? "";
  const number = /^(?:CTO-WORK-)?(\d{3,9})$/i.exec(typed.trim())?.[1];
  const ofWork = number === undefined ? "" : `&work=CTO-WORK-${number}`;
  // The reader says when the list moves: a new record would push all others one line down under his eyes.
  const size = useResource<AuditPage>(`/api/audit?limit=1${ofWork}`, whenAskedOf(number));
  return (
    <>
      <PageHead title="Audit" />
      <div class="stack">
        <div class="filter-bar">
          <label class="filter">
            <span class="unseen">Only of the work item</span>
            <input
              type="search"
              data-key="filter"
              placeholder="Only of a work item: CTO-WORK-049 or 049"
              value={typed}
              spellcheck={false}
              autocomplete="off"
              onInput={({ currentTarget }) => query({ work: currentTarget.value, page: undefined })}
            />
            <kbd aria-hidden="true">/</kbd>
          </label>
          {typed !== "" && number === undefined ? (
            <p class="warn">That is no work item: all records are shown.</p>
          ) : null}
        </div>
        <Shown of={size} what="the ledger" rows={10}>
          {({ matches, size: all }) => {
            const count = matches ?? all;
            return (
              <Records
                key={`${ofWork} ${count}`}
                ofWork={ofWork}
                page={pageFromNewest(count, words.get("page"))}
                count={count}
              />
            );
          }}
        </Shown>
        <Panel title="Check the ledger without this page">
          <div class="body">
            <p class="soft">
              Recomputes the chain, the tree and every signed head, and compares them with what is kept elsewhere.
            </p>
            <Command line="cto audit verify" />
            <Command line="cto audit export --out FILE" />
          </div>
        </Panel>
      </div>
    </>
  );
};

/** New records are counted, and those alone that the list would have. */
const whenAskedOf = (number: string | undefined): Follow => ({
  ...WHEN_ASKED,
  concerns: ({ work, type }) => number === undefined || work === `CTO-WORK-${number}` || type === "missed",
});

const Records = ({
  ofWork,
  page,
  count,
}: {
  readonly ofWork: string;
  readonly page: NewestFirst;
  readonly count: number;
}): JSX.Element => {
  // What is recorded stays as it is; with another count it is drawn anew.
  const records = useResource<AuditPage>(`/api/audit?after=${page.after}&limit=${page.limit}${ofWork}`, NEVER);
  return (
    <Shown of={records} what="the records" rows={10}>
      {({ entries, size }) => {
        const head = entries.findLast(({ seq }) => seq === size);
        return (
          <Panel
            title={ofWork === "" ? "Records" : "Records of this work item"}
            aside={
              <>
                {count.toLocaleString("en")} {ofWork === "" ? "" : `of ${size.toLocaleString("en")}`}
                {head === undefined ? null : (
                  <>
                    {" "}
                    · head <Digest sha256={head.sha256} />
                  </>
                )}
              </>
            }
          >
            {entries.length === 0 ? (
              <Empty>{size === 0 ? "The ledger is empty." : "No record is about it."}</Empty>
            ) : (
              <Table entries={entries} />
            )}
            <Pages page={page} />
          </Panel>
        );
      }}
    </Shown>
  );
};

const Table = ({ entries }: { readonly entries: readonly AuditEntry[] }): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Records of the ledger">
    <table class="audit">
      <thead>
        <tr>
          {["No.", "Time", "Actor", "Surface", "Act", "Subject", "Digest", "Signed"].map((word) => (
            <th key={word} scope="col">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entries.toReversed().map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </tbody>
    </table>
  </div>
);

const Row = ({ entry }: { readonly entry: AuditEntry }): JSX.Element => {
  const { seq, at, actor, channel, type, refusals, digests, detail, sha256, text } = entry;
  const signature = digests?.["signature"];
  const key = detail?.["key"];
  return (
    <tr data-event={seq}>
      <td class="num">{seq}</td>
      <td>
        <Moment at={at} />
      </td>
      <td>
        <Told text={actor} />
      </td>
      <td>{channel}</td>
      <td>
        <details>
          <summary data-row>
            <code>{type}</code>
            {refusals === undefined ? null : <span class="soft"> {refusals.map(visible).join(", ")}</span>}
          </summary>
          <pre class="record-text">{visibleLines(spaced(text))}</pre>
        </details>
      </td>
      <td>
        <Subject entry={entry} />
      </td>
      <td>
        <Digest sha256={sha256} />
      </td>
      <td>
        {signature === undefined ? (
          <span class="soft">by no person</span>
        ) : (
          <>
            by <Told text={actor} />
            {typeof key === "string" ? (
              <>
                {" "}
                <Code text={key} />
              </>
            ) : null}
          </>
        )}
      </td>
    </tr>
  );
};

const Subject = ({ entry }: { readonly entry: AuditEntry }): JSX.Element => {
  const { work, run, approvalId } = entry;
  const target = targetIn(entry);
  return (
    <>
      {run === undefined ? null : <a href={`/r/${encodeURIComponent(run)}`}>{visible(run)}</a>}{" "}
      {work === undefined ? null : <a href={`/w/${encodeURIComponent(work)}`}>{visible(work)}</a>}{" "}
      {approvalId === undefined ? null : <Told text={approvalId} />}
      {target === undefined ? null : <Code text={target} />}
    </>
  );
};

/** The record as one member a line. The exact bytes are one line; `cto audit log --json` prints them. */
const spaced = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const Pages = ({ page: { page, pages } }: { readonly page: NewestFirst }): JSX.Element | null =>
  pages === 1 ? null : (
    <div class="body pager">
      <div class="acts">
        <button
          type="button"
          disabled={page === 1}
          onClick={() => query({ page: page === 2 ? undefined : String(page - 1) })}
        >
          Newer
        </button>
        <button type="button" disabled={page === pages} onClick={() => query({ page: String(page + 1) })}>
          Older
        </button>
        <span class="soft">
          Page {page} of {pages}
        </span>
      </div>
    </div>
  );
