import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";

/** Where a page is, what it is called, and what stands beside its name. The heading takes the focus when the page opens. */
export const PageHead = ({
  title,
  trail,
  facts,
  acts,
}: {
  readonly title: string;
  readonly trail?: ComponentChildren;
  readonly facts?: ComponentChildren;
  readonly acts?: ComponentChildren;
}): JSX.Element => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${visible(title)} · CTO Harness`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header class="page-head">
      <div>
        {trail === undefined ? null : (
          <nav class="trail" aria-label="Path">
            {trail}
          </nav>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {visible(title)}
        </h1>
        {facts === undefined ? null : <div class="facts">{facts}</div>}
      </div>
      {acts === undefined ? null : <div class="acts">{acts}</div>}
    </header>
  );
};
