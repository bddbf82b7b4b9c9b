import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { AuditEntry } from "../../../harness/objects/audit.ts";
import { visible } from "../../../workflow/visible-text.ts";
import type { Api } from "../../api.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { useResource, type Resource } from "../resource.ts";
import { targetIn } from "../target-in.ts";
import { lastVisit, saw, type Visit } from "./last-visit.ts";
import { NEWS } from "./news-words.ts";

interface Since {
  readonly visit: Visit | undefined;
  readonly audit: Resource<Api["/api/audit"]>;
}

/** What the ledger recorded since this browser looked last. */
export const useSinceVisit = (): Since => {
  const visit = lastVisit();
  const audit = useResource<Api["/api/audit"]>(`/api/audit?after=${visit?.seq ?? 0}&limit=${AT_MOST}`);
  const size = audit.kind === "ready" ? audit.value.size : undefined;
  useEffect(() => {
    if (size !== undefined) saw(size);
  }, [size]);
  return { visit, audit };
};

export const SinceVisit = ({ visit, audit }: Since): JSX.Element => (
  <Shown of={audit} what="the ledger" rows={2}>
    {({ entries, size }) => <News visit={visit} entries={entries} size={size} />}
  </Shown>
);

const AT_MOST = 500;

const News = ({
  visit,
  entries,
  size,
}: {
  readonly visit: Visit | undefined;
  readonly entries: readonly AuditEntry[];
  readonly size: number;
}): JSX.Element => {
  const news = entries.filter(({ type }) => type in NEWS).toReversed();
  const untold = size - (visit?.seq ?? 0) - entries.length;
  return (
    <Panel
      title={visit === undefined ? "So far" : "Since your last visit"}
      aside={visit === undefined ? "your first visit in this browser" : <Moment at={visit.at} />}
    >
      {news.length === 0 ? <Empty>Nothing happened.</Empty> : null}
      {untold > 0 ? (
        <p class="empty">
          {untold} later records are not listed here: <a href="/audit">the audit has all</a>.
        </p>
      ) : null}
      <ul class="rows">
        {news.slice(0, SHOWN).map((entry) => (
          <Piece key={entry.seq} entry={entry} />
        ))}
      </ul>
      {news.length <= SHOWN ? null : (
        <p class="empty">
          {news.length - SHOWN} more: <a href="/audit">the audit has all</a>.
        </p>
      )}
    </Panel>
  );
};

const SHOWN = 20;

const ICONS: Readonly<Record<string, IconName>> = {
  ok: "check",
  bad: "cross",
  warn: "warn",
  settled: "back",
  info: "packet",
  neutral: "dash",
};

const Piece = ({ entry }: { readonly entry: AuditEntry }): JSX.Element => {
  const { seq, type, at, actor, work, run } = entry;
  const { word, tone } = NEWS[type] ?? { word: type, tone: "neutral" };
  const to = run === undefined ? `/w/${encodeURIComponent(work ?? "")}` : `/r/${encodeURIComponent(run)}`;
  const row = (
    <>
      <span class={`state ${tone}`} data-event={seq}>
        <Icon name={ICONS[tone] ?? "dash"} />
        <span>{word}</span>
      </span>
      <span class="row-subject mono">{visible(run ?? work ?? targetIn(entry) ?? "")}</span>
      <span class="soft">
        {visible(actor)} · <Moment at={at} /> <span class="seq">#{seq}</span>
      </span>
    </>
  );
  return (
    <li>
      {run === undefined && work === undefined ? (
        <div class="row">{row}</div>
      ) : (
        <a href={to} data-row>
          {row}
        </a>
      )}
    </li>
  );
};
