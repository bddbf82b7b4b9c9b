import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { overlay } from "../shortcuts.ts";

/** The palette or the sheet of keys, fetched when it is first wanted. */
export const Overlay = (): JSX.Element | null => {
  const wanted = overlay.value;
  const [loaded, setLoaded] = useState<Parts>({});
  useEffect(() => {
    if (wanted === "palette")
      void import("./palette.tsx").then(({ Palette }) => setLoaded((now) => ({ ...now, Palette })));
    if (wanted === "help")
      void import("./help-sheet.tsx").then(({ HelpSheet }) => setLoaded((now) => ({ ...now, HelpSheet })));
  }, [wanted]);
  const { Palette, HelpSheet } = loaded;
  if (wanted === "palette" && Palette !== undefined) return <Palette />;
  return wanted === "help" && HelpSheet !== undefined ? <HelpSheet /> : null;
};

interface Parts {
  readonly Palette?: () => JSX.Element;
  readonly HelpSheet?: () => JSX.Element;
}
