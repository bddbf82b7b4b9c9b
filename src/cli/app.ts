import { buildApplication, buildRouteMap, text_en, type Application } from "@stricli/core";

import { command } from "./command.ts";
import type { CliContext } from "./context.ts";

const WORK = { placeholder: "WORK-ID", brief: "the work item, CTO-WORK-NNN" };

/** Every command of `cto`. Each is loaded when it is given, so that help starts as fast as Node. */
export const buildApp = (): Application<CliContext> =>
  buildApplication(
    buildRouteMap({
      routes: {
        gate: command<object, [string]>({
          brief: "ask every precondition of a run, changing nothing",
          about: "cto gate CTO-WORK-049\ncto gate CTO-WORK-049 --json\n\nExit 0 open, 3 blocked. Every reason is told at once.",
          args: [WORK],
          load: () => import("./commands/gate.ts"),
        }),
      },
      docs: { brief: "Governs a coding agent on one admitted repository, and leaves evidence." },
    }),
    {
      name: "cto",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      documentation: { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true },
      localization: { loadText: () => text_en },
    },
  );
