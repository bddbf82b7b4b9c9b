// The tile of the CTO Harness in the Hermes dashboard: it shows, and has no button that decides anything.
(function () {
  "use strict";

  const sdk = window.__HERMES_PLUGIN_SDK__;
  const { createElement: make } = sdk.React;
  const { useEffect, useState } = sdk.hooks;
  const RUNS = "/api/plugins/cto-harness/runs";
  const PAGE = "http://localhost:4049/r/";
  const REFRESH_MS = 30000;

  // Whatever hides, reorders or steers is shown by its number, as everywhere in the Harness.
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  const visible = (text) =>
    String(text).replaceAll(
      HIDDEN,
      (character) => `<U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
    );

  const useRuns = () => {
    const [told, tell] = useState({ available: false, why: "not read yet" });
    useEffect(() => {
      let isShown = true;
      const read = () =>
        sdk.fetchJSON(RUNS).then(
          (answer) => isShown && tell(answer),
          () => isShown && tell({ available: false, why: "the dashboard does not answer" }),
        );
      void read();
      const timer = setInterval(read, REFRESH_MS);
      return () => {
        isShown = false;
        clearInterval(timer);
      };
    }, []);
    return told;
  };

  const needsYou = (told) =>
    told.available === true && Number.isInteger(told.needsYou) ? `needs you: ${told.needsYou}` : "unavailable";

  const Badge = () =>
    make("span", { title: "CTO Harness: sealed runs that wait for an outcome" }, `CTO ${needsYou(useRuns())}`);

  const row = (run) =>
    make(
      "tr",
      { key: run.run },
      make(
        "td",
        null,
        make("a", { href: `${PAGE}${encodeURIComponent(run.run)}`, rel: "noreferrer" }, visible(run.run)),
      ),
      run.available === true
        ? make("td", null, `${visible(run.says)}${run.decided === true ? " (an outcome was recorded since)" : ""}`)
        : make("td", null, `unavailable: ${visible(run.why)}`),
      make("td", null, run.available === true ? `${visible(run.deniedAttempts)} denied` : "unavailable"),
    );

  const Page = () => {
    const told = useRuns();
    if (told.available !== true) return make("p", null, `unavailable: ${visible(told.why)}`);
    return make(
      "div",
      null,
      make(
        "p",
        null,
        `${needsYou(told)}. Only sealed runs are counted; approvals that are waited for are in cto status.`,
      ),
      make(
        "table",
        null,
        make(
          "thead",
          null,
          make("tr", null, ...["Run", "At its seal", "Attempts"].map((name) => make("th", { key: name }, name))),
        ),
        make("tbody", null, told.runs.map(row)),
      ),
    );
  };

  window.__HERMES_PLUGINS__.register("cto-harness", Page);
  window.__HERMES_PLUGINS__.registerSlot("cto-harness", "header-right", Badge);
})();
