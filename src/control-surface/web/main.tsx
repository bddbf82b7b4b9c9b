import { render } from "preact";

import { startLive } from "./live.ts";
import { startNavigation } from "./navigation.ts";
import { Frame } from "./parts/frame.tsx";

import "./style.css";
import { startShortcuts } from "./shortcuts.ts";
import { applyTheme } from "./theme.ts";

const place = document.getElementById("surface");
if (place === null) throw new TypeError("the page has no place for the Control Surface");
applyTheme();
startNavigation();
startShortcuts();
startLive();
render(<Frame />, place);
