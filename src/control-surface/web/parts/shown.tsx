import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { visible } from "../../../workflow/visible-text.ts";
import type { Problem } from "../ask.ts";
import type { Resource } from "../resource.ts";
import { CopyButton } from "./copy.tsx";
import { Icon } from "./icons.tsx";
import { Skeleton } from "./skeleton.tsx";

/** What a resource shows in each of its states; the page only says what a value looks like (surface.md 4.2). */
export const Shown = <T,>({
  of,
  what,
  near,
  rows = 4,
  children,
}: {
  readonly of: Resource<T>;
  /** What is waited for, with its article: "the runs". */
  readonly what: string;
  /** The address of a name that was perhaps meant. */
  readonly near?: ((name: string) => string) | undefined;
  /** Lines of the skeleton, as high as what comes. */
  readonly rows?: number;
  readonly children: (value: T) => ComponentChildren;
}): JSX.Element => {
  switch (of.kind) {
    case "loading":
      return <Waiting what={what} rows={rows} />;
    case "problem":
      return <Trouble problem={of.problem} again={of.again} near={near} />;
    case "ready":
      return (
        <>
          {of.newer === 0 ? null : (
            <button type="button" class="newer" onClick={of.again}>
              {of.newer} new, show
            </button>
          )}
          {children(of.value)}
        </>
      );
  }
};

const SAYS_AFTER_MS = 3000;

/** What is waited for; said aloud at once, and shown in words where it lasts. */
export const Waiting = ({ what, rows }: { readonly what: string; readonly rows: number }): JSX.Element => {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), SAYS_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Skeleton rows={rows}>
      <span class={isLong ? "" : "unseen"}>Waiting for {what}.</span>
    </Skeleton>
  );
};

/** A no of the server: sentence, code, what to do, and the names that may have been meant. */
export const Trouble = ({
  problem,
  again,
  near,
}: {
  readonly problem: Problem;
  readonly again: () => void;
  readonly near?: ((name: string) => string) | undefined;
}): JSX.Element => {
  const { code, detail, next, requestId, refusals } = problem;
  const report = [detail, `code ${code}`, `next: ${next}`, requestId === "" ? "" : `request ${requestId}`];
  return (
    <div class="trouble" role="alert">
      <p class="state bad">
        <Icon name="cross" />
        <span>{visible(detail)}</span>
      </p>
      <dl class="pairs">
        <dt>Code</dt>
        <dd>
          <code>{code}</code>
        </dd>
        <dt>Next</dt>
        <dd>{visible(next)}</dd>
        {requestId === "" ? null : (
          <>
            <dt>Request</dt>
            <dd>
              <code>{requestId}</code>
            </dd>
          </>
        )}
        {refusals.slice(1).map((one) => (
          <>
            <dt>Also</dt>
            <dd>
              {visible(one.message)} <code>{one.code}</code>
            </dd>
          </>
        ))}
        {problem.near.length === 0 || near === undefined ? null : (
          <>
            <dt>Nearest</dt>
            <dd>
              {problem.near.map((name) => (
                <a key={name} href={near(name)}>
                  {visible(name)}
                </a>
              ))}
            </dd>
          </>
        )}
      </dl>
      <div class="acts">
        <button type="button" onClick={again}>
          Retry
        </button>
        <CopyButton text={report.filter(Boolean).join("\n")} />
      </div>
    </div>
  );
};

/** Nothing is there, and that is no fault. */
export const Empty = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <p class="empty">{children}</p>
);
