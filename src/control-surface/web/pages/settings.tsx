import type { JSX } from "preact";

import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Authority } from "../settings/authority.tsx";
import { Enrolment } from "../settings/enrolment.tsx";
import { shortcutsOn } from "../shortcuts.ts";
import { theme, THEMES } from "../theme.ts";

/** What this browser keeps for its reader, and the making of a passkey. Nothing here changes the home. */
export const Page = (): JSX.Element => {
  const isOn = shortcutsOn.value;
  return (
    <>
      <PageHead title="Settings" />
      <div class="stack settings">
        <Panel title="This browser" aside="kept here, not in the home">
          <div class="body">
            <fieldset class="ticks">
              <legend>Theme</legend>
              {THEMES.map((one) => (
                <label key={one} class="tick">
                  <input type="radio" name="theme" checked={theme.value === one} onChange={() => (theme.value = one)} />
                  <span>{one === "system" ? "As the system has it" : one === "light" ? "Light" : "Dark"}</span>
                </label>
              ))}
            </fieldset>
            <fieldset class="ticks">
              <legend>Keyboard</legend>
              <label class="tick">
                <input type="checkbox" checked={isOn} onChange={() => (shortcutsOn.value = !isOn)} />
                <span>
                  Single keys do something: press <kbd>?</kbd> for the sheet
                </span>
              </label>
            </fieldset>
          </div>
        </Panel>
        <Enrolment />
        <Authority />
      </div>
    </>
  );
};
