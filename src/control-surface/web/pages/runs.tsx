import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";
import type { Api } from "../../api.ts";
import { here, query } from "../navigation.ts";
import { keepList } from "../page-keys.ts";
import { PageHead } from "../parts/page-head.tsx";
import { runAddress, RunRows } from "../parts/run-rows.tsx";
import { Empty, Trouble, Waiting } from "../parts/shown.tsx";
import { useResource } from "../resource.ts";
import { useRunList, type RunList } from "../run-list.ts";
import { readRunsFilter, RUN_TABS, statesOfTab, TAB_WORDS, type RunTab } from "../runs-filter.ts";
import { TOUCHED_MAX, useTouched } from "../touched.ts";
import { useSettled } from "../use-settled.ts";

const SEARCHED_MAX = 20_000;

/** Every run, the newest first; what is filtered stands in the address. */
export const Page = (): JSX.Element => {
  const words = here.value.query;
  const tab = RUN_TABS.find((one) => one === words.get("tab")) ?? "all";
  const text = words.get("q") ?? "";
  const [now] = useState(() => new Date());
  const filter = readRunsFilter(text, tab, now);
  // While a word is typed, what it will be is not asked for letter by letter.
  const list = useRunList(readRunsFilter(useSettled(text), tab, now));
  const isSearch = filter.words.length > 0 || filter.touched !== undefined;
  useEffect(() => {
    if (isSearch) list.want(SEARCHED_MAX);
  }, [isSearch, list.rows.length]);

  const wordsKey = filter.words.join(" ");
  const worded = useMemo(
    () =>
      filter.words.length === 0
        ? list.rows
        : list.rows.filter(({ state, word, run, work, title = "", by }) => {
            const said = `${state} ${word} ${run} ${work} ${title} ${by}`.toLowerCase();
            return filter.words.every((one) => said.includes(one));
          }),
    [list.rows, wordsKey],
  );
  const touched = useTouched(
    filter.touched,
    useMemo(() => worded.map(({ run }) => run), [worded]),
  );
  const rows = useMemo(
    () => (touched === undefined ? worded : worded.filter(({ run }) => touched.runs.has(run))),
    [worded, touched === undefined ? "" : [...touched.runs].join(" ")],
  );
  useEffect(() => keepList(rows.map(({ run }) => runAddress(run))), [rows]);
  const total = isSearch ? rows.length : list.total;

  return (
    <>
      <PageHead title="Runs" />
      <Tabs now={tab} text={text} />
      <div class="filter-bar">
        <label class="filter">
          <span class="unseen">Filter the runs</span>
          <input
            type="search"
            data-key="filter"
            placeholder="Filter: state:voided since:7d work:049 touched:src/** or any text"
            value={text}
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => query({ q: currentTarget.value })}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <p class="soft" role="status">
          {saidOf(list, isSearch, rows.length)}
          {touched === undefined
            ? ""
            : ` Looked into the change of ${touched.looked} of ${touched.of}${worded.length > TOUCHED_MAX ? `, the newest of ${counted(worded.length)}` : ""}.`}
        </p>
        <p class="hint">As the ledger says; the page of a run hashes its evidence.</p>
      </div>
      {filter.unknown.length === 0 ? null : (
        <p class="warn unknown-words">
          Not understood, and not used: {filter.unknown.map((word) => visible(word)).join(", ")}. Known are state:,
          work:, since: (7d, 12h, a date) and touched: (a path, with * and **).
        </p>
      )}
      {list.newer === 0 ? null : (
        <button type="button" class="newer" onClick={list.again}>
          {list.newer} new or changed, show
        </button>
      )}
      {list.problem === undefined ? null : <Trouble problem={list.problem} again={list.again} />}
      {list.kind === "loading" ? (
        <div class="panel">
          <Waiting what="the runs" rows={12} />
        </div>
      ) : total === 0 && list.problem === undefined ? (
        <div class="panel">
          <Empty>{emptyWords(tab, text, list)}</Empty>
        </div>
      ) : (
        <RunRows key={`${tab} ${text}`} rows={rows} total={total} want={list.want} />
      )}
    </>
  );
};

const Tabs = ({ now, text }: { readonly now: RunTab; readonly text: string }): JSX.Element => (
  <nav class="tabs" aria-label="Parts of the list">
    {RUN_TABS.map((tab) => (
      <Tab key={tab} tab={tab} isNow={tab === now} text={text} />
    ))}
  </nav>
);

const Tab = ({
  tab,
  isNow,
  text,
}: {
  readonly tab: RunTab;
  readonly isNow: boolean;
  readonly text: string;
}): JSX.Element => {
  const states = statesOfTab(tab);
  const count = useResource<Api["/api/runs"]>(
    `/api/runs?limit=1${states === "all" ? "" : `&state=${encodeURIComponent(states.join(","))}`}`,
  );
  const words = new URLSearchParams({
    ...(tab === "all" ? {} : { tab }),
    ...(text === "" ? {} : { q: text }),
  }).toString();
  return (
    <a href={words === "" ? "/runs" : `/runs?${words}`} aria-current={isNow ? "page" : undefined}>
      {TAB_WORDS[tab]} <span class="num">{count.kind === "ready" ? counted(count.value.total) : ""}</span>
    </a>
  );
};

const counted = (count: number): string => count.toLocaleString("en");

const saidOf = (list: RunList, isSearch: boolean, shown: number): string => {
  if (list.kind === "loading") return "";
  if (!isSearch) return list.isWhole || list.rows.length < list.total ? `${counted(list.total)} runs.` : "";
  const among = list.isWhole
    ? counted(list.total)
    : `the newest ${counted(list.rows.length)} of ${counted(list.total)}`;
  return `${counted(shown)} of ${among}.`;
};

const emptyWords = (tab: RunTab, text: string, list: RunList): string => {
  if (!list.isWhole) return "Looking further back.";
  if (text !== "") return "No run is let through by this filter.";
  return {
    needs: "No run waits for somebody.",
    running: "No run goes on now.",
    finished: "No run has ended yet.",
    all: "No run yet. cto gate WORK-ID says what a run waits for.",
  }[tab];
};
