import { signal, type Signal } from "@preact/signals";

import { actOf, type Act } from "./keys.ts";
import { go, here } from "./navigation.ts";
import { neighbourOf, pageKeys } from "./page-keys.ts";

/** What lies over the page now. */
export const overlay: Signal<"none" | "palette" | "help"> = signal("none");

/** Whether single keys do anything; kept in the reader's browser. */
export const shortcutsOn: Signal<boolean> = signal(localStorage.getItem("cto-shortcuts") !== "off");

/**
 * Listens to the keyboard. Pages say by marks where a key leads: `data-key="filter"`, `data-key="sentence"`, `data-row`,
 * `data-match`, and the ids timeline, diff, validation, evidence; the rest by `usePageKeys`.
 */
export const startShortcuts = (): void => {
  shortcutsOn.subscribe((on) => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "off")));
  let goAt = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const act = actOf(
      {
        key: event.key,
        isCommand: event.ctrlKey !== event.metaKey && !event.getModifierState("AltGraph"),
        // Brackets need AltGr on many keyboards, which Windows tells as Ctrl and Alt.
        isModified: event.altKey && !event.getModifierState("AltGraph"),
        isTyping: event.target instanceof Element && event.target.closest(TYPED) !== null,
        isRepeat: event.repeat,
        isAfterGo: event.timeStamp - goAt < GO_MS,
      },
      shortcutsOn.value,
    );
    goAt = act === "go-next" ? event.timeStamp : -Infinity;
    if (act === undefined || act === "go-next") return;
    event.preventDefault();
    perform(act);
  });
};

const KEY = "cto-shortcuts";
const GO_MS = 2500;
const TYPED = "input, textarea, select, dialog, [contenteditable]";

const perform = (act: Act): void => {
  const page = pageKeys();
  switch (act.kind) {
    case "palette":
    case "help":
      overlay.value = overlay.value === act.kind ? "none" : act.kind;
      return;
    case "filter":
    case "sentence":
      return reach(`[data-key="${act.kind}"]`);
    case "go":
      return go(act.to);
    case "move":
      return page.move === undefined ? walk("[data-row]", act.by) : page.move(act.by);
    case "match":
      return page.match === undefined ? walk("[data-match]", act.by) : page.match(act.by);
    case "sibling": {
      const to = neighbourOf(here.value.path, act.by);
      return to === undefined ? undefined : go(to);
    }
    case "part":
      return reach(`#${act.id}`);
    case "mark":
      return page.mark?.();
    case "stop":
      return page.stop?.();
    case "copy-id":
      return copy(page.id);
    case "copy-digest":
      return copy(page.digest);
  }
};

/** Brings an element into sight and gives it the focus, also where it has none by itself. */
const reach = (selector: string): void => focusOn(document.querySelector<HTMLElement>(selector));

const walk = (selector: string, by: 1 | -1): void => {
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by;
  focusOn(all[next] ?? null);
};

const focusOn = (element: HTMLElement | null): void => {
  if (element === null) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: element.matches("section") ? "start" : "nearest" });
};

/** A browser that lets no page write to the clipboard keeps what was there. */
const copy = (text: string | undefined): void => {
  if (text !== undefined) void navigator.clipboard.writeText(text).catch(() => undefined);
};
