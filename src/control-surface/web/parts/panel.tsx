import type { ComponentChildren, JSX } from "preact";

/** One part of a page with a heading of its own. */
export const Panel = ({
  title,
  id,
  aside,
  children,
  kind = "plain",
}: {
  readonly title: string;
  readonly id?: string | undefined;
  readonly aside?: ComponentChildren;
  readonly children?: ComponentChildren;
  /** `act`: here somebody decides; `bad`: something is wrong here. */
  readonly kind?: "plain" | "act" | "bad";
}): JSX.Element => (
  <section class={`panel ${kind}`} id={id} aria-label={title}>
    <header class="panel-head">
      <h2>{title}</h2>
      {aside === undefined ? null : <div class="aside">{aside}</div>}
    </header>
    {children}
  </section>
);
