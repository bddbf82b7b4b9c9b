import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";
import type { Api } from "../../api.ts";
import { ask } from "../ask.ts";
import { go } from "../navigation.ts";
import {
  entriesFor,
  NOTHING_READ,
  PALETTE_PLACES,
  saidOf,
  waitingFor,
  withEntries,
  workOfPrefix,
  type Entry,
  type PaletteList,
} from "../palette-list.ts";
import { overlay } from "../shortcuts.ts";
import { Dialog } from "./dialog.tsx";
import { shortWord } from "./short-word.ts";

const SHOWN_MAX = 12;
const ASKED_MAX = 200;
const SAID = { place: "Place", work: "Work item", run: "Run", target: "Target", help: "Help" } as const;

/** Goes anywhere by name: places, work items, runs, targets; ids by their beginning. It only goes, it does nothing. */
export const Palette = (): JSX.Element => {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [held, setHeld] = useState<PaletteList>(NOTHING_READ);
  const asked = useRef(new Set<string>());
  const read = (what: string, entries: Promise<readonly Entry[] | "unread">): void => {
    setHeld((now) => waitingFor(now, what));
    void entries.then((came) => setHeld((now) => withEntries(now, what, came)));
  };
  useEffect(() => {
    read("work items", workEntries());
    read("runs", runEntries(`/api/runs?limit=${ASKED_MAX}`));
    read("targets", targetEntries());
  }, []);
  const work = workOfPrefix(text);
  useEffect(() => {
    if (work === undefined || asked.current.has(work)) return;
    asked.current.add(work);
    read(`runs of ${work}`, runEntries(`/api/runs?work=${encodeURIComponent(work)}&limit=${ASKED_MAX}`));
  }, [work]);

  const found = entriesFor(text, [...PALETTE_PLACES, ...held.entries], SHOWN_MAX);
  const said = saidOf(held, found.length);
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
              {visible(entry.word)} <span class="soft">{visible(shortWord(entry.more))}</span>
            </bdi>
          </li>
        ))}
      </ul>
      {said === "" ? null : <p class="empty">{said}</p>}
    </Dialog>
  );
};

const workEntries = async (): Promise<readonly Entry[] | "unread"> => {
  const answer = await ask<Api["/api/works"]>("/api/works");
  if (!answer.ok) return "unread";
  return answer.value.works.map(({ work, title }) =>
    entryOf("work", work, title ?? "", `/w/${encodeURIComponent(work)}`),
  );
};

const targetEntries = async (): Promise<readonly Entry[] | "unread"> => {
  const answer = await ask<Api["/api/targets"]>("/api/targets");
  if (!answer.ok) return "unread";
  return answer.value.targets.flatMap((target) =>
    "id" in target ? [entryOf("target", target.id, target.path, `/targets/${encodeURIComponent(target.id)}`)] : [],
  );
};

const runEntries = async (address: string): Promise<readonly Entry[] | "unread"> => {
  const answer = await ask<Api["/api/runs"]>(address);
  if (!answer.ok) return "unread";
  return answer.value.runs.map(({ run, word }) => entryOf("run", run, word, `/r/${encodeURIComponent(run)}`));
};

const entryOf = (kind: Entry["kind"], word: string, more: string, to: string): Entry => ({ kind, word, more, to });
