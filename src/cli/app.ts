import { buildApplication, buildRouteMap, help, version, type Application } from "@stricli/core";

import type { Parsing } from "./context.ts";
import { helpOfAll } from "./help.ts";
import { PARSER_WORDS } from "./parser-words.ts";
import { approvalRoutes } from "./routes/approval-routes.ts";
import { documentRoutes } from "./routes/document-routes.ts";
import { evidenceRoutes } from "./routes/evidence-routes.ts";
import { homeRoutes } from "./routes/home-routes.ts";
import { runRoutes } from "./routes/run-routes.ts";
import { versionOfBuild } from "./version.ts";

const BRIEF = "cto governs a coding agent on one admitted repository, and leaves evidence that a stranger can verify.";

/** Every command of `cto`. Each is loaded when it is given, so that help starts as fast as Node. */
export const buildApp = (): Application<Parsing> => {
  const routes = { ...homeRoutes(), ...documentRoutes(), ...approvalRoutes(), ...runRoutes(), ...evidenceRoutes() };
  const root = buildRouteMap<string, Parsing>({ routes, docs: { brief: BRIEF } });
  const rows = ROWS.map(([names, brief]) => [names.filter((name) => name in routes).join(", "), brief] as const);
  const formatHelp = (): string => helpOfAll(BRIEF, EXAMPLES, rows);
  const formatting = { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true } as const;
  const shown = {
    ...formatting,
    useAliasInUsageLine: false,
    onlyRequiredInUsageLine: false,
    alwaysShowHelpAllFlag: false,
  };
  return buildApplication(
    { ...root, formatHelp },
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

const EXAMPLES = [
  "cto demo            the whole line on a target made for it, offline",
  "cto status          what needs whom now",
] as const;

/** The first screen, in the order of the work; a test holds that it names every command. */
const ROWS: readonly (readonly [names: readonly string[], brief: string])[] = [
  [["demo"], "see it work: approved, run, committed, verified, accepted"],
  [["init", "doctor"], "make a home; prove that this machine can hold a run"],
  [["packet", "work"], "lint, list, show and preview packets; their work items and states"],
  [["target"], "admit a repository by its owner's signature; suspend, revoke, check"],
  [["approve", "approval"], "approve one contract word for word; list, show, withdraw"],
  [["gate"], "every precondition of a run at once, changing nothing"],
  [["run", "stop"], "one run from its order to its sealed evidence; end it"],
  [["status", "runs", "show"], "what needs whom; every run; one run in full"],
  [["logs", "diff"], "what a run printed and what it changed"],
  [["verify", "replay"], "check a bundle offline; do its steps again and compare"],
  [["outcome", "rollback"], "accept or reject by the owner; undo a rejected commit"],
  [["audit"], "the ledger: its entries, and whether its chain holds"],
  [["explain"], "what a code, state, exit code or variable means"],
];
