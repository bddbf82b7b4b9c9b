import { signal, type ReadonlySignal } from "@preact/signals";

/** Where this page is: path and query, never the fragment. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const place = signal<Place>(placeNow());

export const here: ReadonlySignal<Place> = place;

/** Goes to an address of this client. */
export const go = (to: string): void => {
  history.pushState(null, "", to);
  place.value = placeNow();
  scrollTo(0, 0);
};

/** Changes the query of this page; Back goes to the page before, not through each letter typed. */
export const query = (changes: Readonly<Record<string, string | undefined>>): void => {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  const text = next.toString();
  history.replaceState(null, "", text === "" ? location.pathname : `${location.pathname}?${text}`);
  place.value = placeNow();
};

/** Links to this client are followed here; all others are the browser's. */
export const startNavigation = (): void => {
  addEventListener("popstate", () => (place.value = placeNow()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download")) return;
    if (link.hash !== "" && link.pathname === location.pathname) return;
    event.preventDefault();
    go(`${link.pathname}${link.search}${link.hash}`);
  });
};

function placeNow(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}
