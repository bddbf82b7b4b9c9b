import { buildApplication, buildRouteMap, help, version, type Application } from "@stricli/core";

import type { Parsing } from "./context.ts";
import { BRIEF, firstPage } from "./first-page.ts";
import { PARSER_WORDS } from "./parser-words.ts";
import { agentRoutes } from "./routes/agent-routes.ts";
import { approvalRoutes } from "./routes/approval-routes.ts";
import { archiveRoutes } from "./routes/archive-routes.ts";
import { documentRoutes } from "./routes/document-routes.ts";
import { evidenceRoutes } from "./routes/evidence-routes.ts";
import { homeRoutes } from "./routes/home-routes.ts";
import { runRoutes } from "./routes/run-routes.ts";
import { storeRoutes } from "./routes/store-routes.ts";
import { upkeepRoutes } from "./routes/upkeep-routes.ts";
import { versionOfBuild } from "./version.ts";

/** Every command of `cto`. Each is loaded when it is given, so that help starts as fast as Node. */
export const buildApp = (): Application<Parsing> => {
  const routes = {
    ...homeRoutes(),
    ...agentRoutes(),
    ...documentRoutes(),
    ...approvalRoutes(),
    ...runRoutes(),
    ...evidenceRoutes(),
    ...archiveRoutes(),
    ...storeRoutes(),
    ...upkeepRoutes(),
  };
  const root = buildRouteMap<string, Parsing>({ routes, docs: { brief: BRIEF } });
  const formatting = { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true } as const;
  const shown = {
    ...formatting,
    useAliasInUsageLine: false,
    onlyRequiredInUsageLine: false,
    alwaysShowHelpAllFlag: false,
  };
  return buildApplication(
    { ...root, formatHelp: firstPage },
    {
      name: "cto",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      documentation: formatting,
      localization: { text: PARSER_WORDS },
    },
    {
      help: help<Parsing>({ brief: "", defaultForRouteMap: true, formatting: shown }),
      version: version<Parsing>({ brief: "", alias: false, info: { getCurrentVersion: versionOfBuild } }),
    },
  );
};
