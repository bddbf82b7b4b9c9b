import type { JSX } from "preact";

import { ownProblem } from "../ask.ts";
import { Trouble } from "./shown.tsx";

/** Where a part of these pages did not come: a server of another version has none of that name, so all of it is fetched anew. */
export const LoadTrouble = (): JSX.Element => <Trouble problem={NOT_LOADED} again={() => location.reload()} />;

const NOT_LOADED = ownProblem(
  "not-loaded",
  "This part of the pages could not be fetched from the server.",
  "retry loads everything anew; if that does not help: cto serve",
);
