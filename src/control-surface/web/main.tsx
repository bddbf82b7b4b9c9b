import { render } from "preact";

import { startLive } from "./live.ts";
import { here, startNavigation } from "./navigation.ts";
import { opening } from "./opening.ts";
import { Frame } from "./parts/frame.tsx";

import "./style.css";
import { routeOf } from "./routes.ts";
import { startShortcuts } from "./shortcuts.ts";
import { applyTheme } from "./theme.ts";

const place = document.getElementById("surface");
if (place === null) throw new TypeError("the page has no place for the Control Surface");
applyTheme();
startNavigation();
startShortcuts();
startLive();
// Its script and what it draws are asked for at once, and not when the frame around it stands; what fails is told there.
const first = routeOf(here.value.path);
if (first !== undefined) opening(here.value.path, first).catch(() => undefined);
render(<Frame />, place);
