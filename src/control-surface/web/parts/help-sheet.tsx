import type { JSX } from "preact";

import { KEY_SHEET } from "../keys.ts";
import { overlay, shortcutsOn } from "../shortcuts.ts";
import { Dialog } from "./dialog.tsx";

/** Every key and what it does, and the switch that turns them off. */
export const HelpSheet = (): JSX.Element => {
  const close = (): void => {
    overlay.value = "none";
  };
  return (
    <Dialog label="Keys" close={close}>
      <header class="panel-head">
        <h2>Keys</h2>
        <button type="button" onClick={close}>
          Close
        </button>
      </header>
      <dl class="pairs key-sheet">
        {KEY_SHEET.map(({ keys, says }) => (
          <>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </>
        ))}
      </dl>
      <div class="body">
        <p class="soft">No key approves, accepts or rejects. Keys do nothing where text is typed.</p>
        <label class="tick">
          <input
            type="checkbox"
            checked={shortcutsOn.value}
            onChange={({ currentTarget }) => (shortcutsOn.value = currentTarget.checked)}
          />
          <span>Single keys are on. The palette works either way, and this sheet is found there.</span>
        </label>
      </div>
    </Dialog>
  );
};
