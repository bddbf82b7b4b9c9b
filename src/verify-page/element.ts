import { visible } from "../workflow/visible-text.ts";

type Child = Node | string | undefined;

/** One element. Texts are text nodes: nothing of a bundle is ever markup here. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

/** Words out of a bundle: whatever hides or reorders is written out, and they keep their own direction. */
export const told = (text: string, more: string = ""): HTMLElement =>
  element("bdi", { class: `told ${/\s/.test(text) ? "words" : "code"} ${more}`.trim() }, visible(text));

/** The element of the page itself that has this id. */
export const named = <T extends HTMLElement>(id: string, kind: new () => T): T => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`the page has no ${id}`);
  return found;
};
