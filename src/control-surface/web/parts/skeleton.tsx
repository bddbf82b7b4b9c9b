import type { ComponentChildren, JSX } from "preact";

/** The place of what is waited for, about as high as it will be, and the words that say what that is. */
export const Skeleton = ({
  rows,
  children,
}: {
  readonly rows: number;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <div class="skeleton" role="status" aria-busy="true">
    {children}
    {Array.from({ length: rows }, (_, row) => (
      <span key={row} class="bone" aria-hidden="true" />
    ))}
  </div>
);
