import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

import { ComparePackets } from "../lists/compare-packets.tsx";
import { CompareRuns } from "../lists/compare-runs.tsx";
import { here, query } from "../navigation.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Empty } from "../parts/shown.tsx";

/** Two runs or two packets side by side; which, stands in the address. */
export const Page = (): JSX.Element => {
  const [a, b] = [here.value.query.get("a") ?? "", here.value.query.get("b") ?? ""];
  return (
    <>
      <PageHead title="Compare" />
      <Choice key={`${a} ${b}`} a={a} b={b} />
      <Compared a={a} b={b} />
    </>
  );
};

const Compared = ({ a, b }: { readonly a: string; readonly b: string }): JSX.Element => {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (a === "" || b === "")
    return (
      <Not>
        {a === b ? "Both sides are missing" : `The ${a === "" ? "first" : "second"} side is missing`}: name two runs or
        two work items.
      </Not>
    );
  if (kindA === "unknown" || kindB === "unknown")
    return (
      <Not>
        The {kindA === "unknown" ? "first" : "second"} side is neither a run (R-049-02) nor a work item (CTO-WORK-049).
      </Not>
    );
  if (kindA !== kindB) return <Not>One side is a run and the other a work item: only like can be compared.</Not>;
  return kindA === "run" ? (
    <CompareRuns key={`${a} ${b}`} a={a} b={b} />
  ) : (
    <ComparePackets key={`${a} ${b}`} a={a} b={b} />
  );
};

/** Why nothing is compared. */
const Not = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="panel">
    <Empty>{children}</Empty>
  </div>
);

const Choice = (given: { readonly a: string; readonly b: string }): JSX.Element => {
  const [a, setA] = useState(given.a);
  const [b, setB] = useState(given.b);
  return (
    <form
      class="compare-choice"
      onSubmit={(event) => {
        event.preventDefault();
        query({ a: a.trim(), b: b.trim() });
      }}
    >
      <label class="field">
        First
        <input
          type="text"
          value={a}
          data-key="filter"
          spellcheck={false}
          placeholder="R-049-01"
          onInput={({ currentTarget }) => setA(currentTarget.value)}
        />
      </label>
      <label class="field">
        Second
        <input
          type="text"
          value={b}
          spellcheck={false}
          placeholder="R-049-02"
          onInput={({ currentTarget }) => setB(currentTarget.value)}
        />
      </label>
      <button type="submit">Compare</button>
    </form>
  );
};

const kindOf = (name: string): "run" | "work" | "unknown" =>
  /^R-\d{3,9}-\d{2,9}$/.test(name) ? "run" : /^CTO-WORK-\d{3,9}$/.test(name) ? "work" : "unknown";
