import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";
import { ask } from "../ask.ts";
import { go } from "../navigation.ts";
import { entriesFor, PALETTE_PLACES, workOfPrefix, type Entry } from "../palette-list.ts";
import { overlay } from "../shortcuts.ts";
import { Dialog } from "./dialog.tsx";

const SHOWN_MAX = 12;
const ASKED_MAX = 200;
const SAID = { place: "Place", work: "Work item", run: "Run", target: "Target", help: "Help" } as const;

/** Goes anywhere by name: places, work items, runs, targets; ids by their beginning. It only goes, it does nothing. */
export const Palette = (): JSX.Element => {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [known, setKnown] = useState<readonly Entry[]>([]);
  const asked = useRef(new Set<string>());
  const add = (more: readonly Entry[]): void =>
    setKnown((now) => [...now, ...more.filter(({ to }) => now.every((one) => one.to !== to))]);
  useEffect(() => void entriesOfHome().then(add), []);
  const work = workOfPrefix(text);
  useEffect(() => {
    if (work === undefined || asked.current.has(work)) return;
    asked.current.add(work);
    void runEntries(`/api/runs?work=${encodeURIComponent(work)}&limit=${ASKED_MAX}`).then(add);
  }, [work]);

  const found = entriesFor(text, [...PALETTE_PLACES, ...known], SHOWN_MAX);
  const chosen = Math.min(at, found.length - 1);
  const open = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    overlay.value = entry.kind === "help" ? "help" : "none";
    if (entry.kind !== "help") go(entry.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setAt((chosen + by + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter" && !event.isComposing) open(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Palette" close={() => (overlay.value = "none")}>
      <input
        class="palette-field"
        type="text"
        role="combobox"
        aria-label="Go to"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${chosen}`}
        placeholder="Place, work item, run, target"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => (setText(currentTarget.value), setAt(0))}
        onKeyDown={onKeyDown}
      />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label="Found">
        {found.map((entry, n) => (
          <li
            key={`${entry.kind}${entry.to}`}
            id={`palette-${n}`}
            role="option"
            aria-selected={n === chosen}
            onClick={() => open(entry)}
          >
            <span class="soft">{SAID[entry.kind]}</span>
            <bdi class="grow">
              {visible(entry.word)} <span class="soft">{visible(entry.more)}</span>
            </bdi>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p class="empty">Nothing here is called that.</p> : null}
    </Dialog>
  );
};

/** What the home has, as far as it answers: a list that cannot be read leaves the others. */
const entriesOfHome = async (): Promise<readonly Entry[]> => {
  const [works, runs, targets] = await Promise.all([
    ask<{ readonly works: readonly { readonly work: string; readonly title?: string }[] }>("/api/works"),
    runEntries(`/api/runs?limit=${ASKED_MAX}`),
    ask<{ readonly targets: readonly { readonly id?: string; readonly path?: string }[] }>("/api/targets"),
  ]);
  return [
    ...(works.ok
      ? works.value.works.map(({ work, title = "" }) => entryOf("work", work, title, `/w/${encodeURIComponent(work)}`))
      : []),
    ...runs,
    ...(targets.ok
      ? targets.value.targets.flatMap(({ id, path = "" }) =>
          id === undefined ? [] : [entryOf("target", id, path, `/targets/${encodeURIComponent(id)}`)],
        )
      : []),
  ];
};

const runEntries = async (address: string): Promise<readonly Entry[]> => {
  const answer = await ask<{ readonly runs: readonly { readonly run: string; readonly word: string }[] }>(address);
  if (!answer.ok) return [];
  return answer.value.runs.map(({ run, word }) => entryOf("run", run, word, `/r/${encodeURIComponent(run)}`));
};

const entryOf = (kind: Entry["kind"], word: string, more: string, to: string): Entry => ({ kind, word, more, to });
