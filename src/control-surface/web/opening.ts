import type { JSX } from "preact";

import type { Matched, PageProps, Route } from "./routes.ts";
import { askTogether } from "./together.ts";

type Page = (props: PageProps) => JSX.Element;

const loaded = new Map<Route, Page>();
let now: { readonly key: string; readonly page: Promise<Page> } | undefined;

/** Fetches the script of a page and what it draws first, at once; what is being opened is not opened twice. */
export const opening = (key: string, { route, name }: Matched): Promise<Page> => {
  if (now?.key === key) return now.page;
  const first = route.first?.(name) ?? [];
  const together = first.length === 0 ? Promise.resolve() : askTogether(first);
  const page = Promise.all([pageOf(route), together]).then(([found]) => found);
  now = { key, page };
  return page;
};

/** The next time it is opened anew. */
export const opened = (key: string): void => {
  if (now?.key === key) now = undefined;
};

/** A page that needs nothing but its script, which is there. */
export const pageAtHand = (route: Route): Page | undefined =>
  route.first === undefined ? loaded.get(route) : undefined;

const pageOf = async (route: Route): Promise<Page> => {
  const { Page } = await route.load();
  loaded.set(route, Page);
  return Page;
};
