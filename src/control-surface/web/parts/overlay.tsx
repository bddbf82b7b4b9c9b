import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { overlay } from "../shortcuts.ts";
import { Dialog } from "./dialog.tsx";
import { LoadTrouble } from "./load-trouble.tsx";

type Wanted = "palette" | "help";

/** The palette or the sheet of keys, fetched when it is first wanted. */
export const Overlay = (): JSX.Element | null => {
  const wanted = overlay.value;
  const [loaded, setLoaded] = useState<ReadonlyMap<Wanted, (() => JSX.Element) | "lost">>(new Map());
  useEffect(() => {
    if (wanted === "none") return;
    const hold = (part: (() => JSX.Element) | "lost"): void => setLoaded((now) => new Map([...now, [wanted, part]]));
    LOADS[wanted]().then(hold, () => hold("lost"));
  }, [wanted]);
  const Part = wanted === "none" ? undefined : loaded.get(wanted);
  if (Part === undefined) return null;
  return Part === "lost" ? <Lost /> : <Part />;
};

const LOADS: Readonly<Record<Wanted, () => Promise<() => JSX.Element>>> = {
  palette: async () => (await import("./palette.tsx")).Palette,
  help: async () => (await import("./help-sheet.tsx")).HelpSheet,
};

const Lost = (): JSX.Element => (
  <Dialog label="Not loaded" close={() => (overlay.value = "none")}>
    <LoadTrouble />
  </Dialog>
);
