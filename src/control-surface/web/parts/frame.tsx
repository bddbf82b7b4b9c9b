import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { here } from "../navigation.ts";
import { routeOf, type Matched, type PageProps, type Route } from "../routes.ts";
import { StaleBand } from "./band.tsx";
import { LoadTrouble } from "./load-trouble.tsx";
import { Overlay } from "./overlay.tsx";
import { PageHead } from "./page-head.tsx";
import { Rail } from "./rail.tsx";
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

const loaded = new Map<Route, (props: PageProps) => JSX.Element>();

const Loaded = ({ route, name, rest }: Matched): JSX.Element => {
  const [, setLoaded] = useState<Route>();
  const [lost, setLost] = useState<Route>();
  useEffect(() => {
    if (loaded.has(route)) return;
    setLost(undefined);
    route.load().then(
      ({ Page }) => (loaded.set(route, Page), setLoaded(route)),
      () => setLost(route),
    );
  }, [route]);
  const Page = loaded.get(route);
  if (Page !== undefined) return <Page key={`${name}/${rest}`} name={name} rest={rest} />;
  return lost === route ? <NotLoaded /> : <div class="page-waiting" aria-busy="true" />;
};

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
