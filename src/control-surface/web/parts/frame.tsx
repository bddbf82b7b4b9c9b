import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { here } from "../navigation.ts";
import { opened, opening, pageAtHand } from "../opening.ts";
import { routeOf, type Matched, type PageProps } from "../routes.ts";
import { forgetGiven } from "../together.ts";
import { StaleBand } from "./band.tsx";
import { LoadTrouble } from "./load-trouble.tsx";
import { Overlay } from "./overlay.tsx";
import { PageHead } from "./page-head.tsx";
import { Rail } from "./rail.tsx";
import { Waiting } from "./shown.tsx";
import { StatusOfHome } from "./status.tsx";

/** The rail on the left, the page on the right. */
export const Frame = (): JSX.Element => {
  const matched = routeOf(here.value.path);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <StatusOfHome>
        <Rail now={matched?.route.rail ?? "none"} />
        <main id="main" tabIndex={-1}>
          <StaleBand />
          {matched === undefined ? <NoSuchPage /> : <Loaded {...matched} />}
        </main>
      </StatusOfHome>
      <Overlay />
    </div>
  );
};

const Loaded = (matched: Matched): JSX.Element => {
  const { route, name, rest } = matched;
  const key = here.value.path;
  const [shown, setShown] = useState<Shown>();
  const [lost, setLost] = useState("");
  useEffect(() => {
    let isLeft = false;
    setLost("");
    opening(key, matched).then(
      (Page) => isLeft || setShown({ key, Page }),
      () => isLeft || setLost(key),
    );
    return () => {
      isLeft = true;
      opened(key);
    };
  }, [key]);
  const Page = shown?.key === key ? shown.Page : pageAtHand(route);
  useEffect(forgetGiven, [Page, key]);
  if (Page !== undefined) return <Page key={`${name}/${rest}`} name={name} rest={rest} />;
  if (lost === key) return <NotLoaded />;
  return (
    <Late>
      <Waiting what="the page" rows={12} />
    </Late>
  );
};

const LATE_MS = 250;

/** The place of a page, empty for a moment: what is soon replaced only costs time to draw. */
const Late = ({ children }: { readonly children: ComponentChildren }): JSX.Element => {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="page-waiting" aria-busy="true">
      {isLate ? children : null}
    </div>
  );
};

/** A page and the address that it was fetched for. */
interface Shown {
  readonly key: string;
  readonly Page: (props: PageProps) => JSX.Element;
}

const NotLoaded = (): JSX.Element => (
  <>
    <PageHead title="Page not loaded" />
    <LoadTrouble />
  </>
);

const NoSuchPage = (): JSX.Element => (
  <>
    <PageHead title="No such page" />
    <p>
      Nothing has this address. Go to <a href="/">the inbox</a>.
    </p>
  </>
);
