import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { here } from "../navigation.ts";
import { routeOf, type Matched, type PageProps, type Route } from "../routes.ts";
import { StaleBand } from "./band.tsx";
import { Overlay } from "./overlay.tsx";
import { PageHead } from "./page-head.tsx";
import { Rail } from "./rail.tsx";

/** The rail on the left, the page on the right. */
export const Frame = (): JSX.Element => {
  const matched = routeOf(here.value.path);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Rail now={matched?.route.rail ?? "none"} />
      <main id="main" tabIndex={-1}>
        <StaleBand />
        {matched === undefined ? <NoSuchPage /> : <Loaded {...matched} />}
      </main>
      <Overlay />
    </div>
  );
};

const loaded = new Map<Route, (props: PageProps) => JSX.Element>();

const Loaded = ({ route, name, rest }: Matched): JSX.Element => {
  const [, setLoaded] = useState<Route>();
  useEffect(() => {
    if (!loaded.has(route)) void route.load().then(({ Page }) => (loaded.set(route, Page), setLoaded(route)));
  }, [route]);
  const Page = loaded.get(route);
  return Page === undefined ? (
    <div class="page-waiting" aria-busy="true" />
  ) : (
    <Page key={`${name}/${rest}`} name={name} rest={rest} />
  );
};

const NoSuchPage = (): JSX.Element => (
  <>
    <PageHead title="No such page" />
    <p>
      Nothing has this address. Go to <a href="/">the inbox</a>.
    </p>
  </>
);
