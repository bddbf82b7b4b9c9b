import type { CaseProfile } from "../authority.ts";
import { canonicalJson } from "../digest.ts";
import type { Assignment } from "./assignment.ts";
import { placeholderKey } from "./placeholder-key.ts";

/** A text file laid into the sandbox, by its absolute path inside. */
export interface LaidFile {
  readonly path: string;
  readonly content: string;
}

/** How Case is started. A constant: a mistyped flag would make a real run of something else (backends.md 8). */
export const caseArguments = (assignment: Assignment): readonly string[] => [
  "run",
  "--task",
  `.case/tasks/active/${assignment.run}.task.json`,
  "--mode",
  "unattended",
];

/** What the policy decides of Case: the model that all its agents ask for, and which phases it goes through. */
export interface CaseSetup {
  readonly model: string;
  readonly profile: CaseProfile;
}

/** Case's variables, exactly. The key is a placeholder; a real one never enters the sandbox. */
export const caseEnvironment = (assignment: Assignment): Readonly<Record<string, string>> => ({
  HOME: "/home/agent",
  CASE_DATA_DIR: "/home/agent/case",
  CASE_PACKAGE_ROOT: "/opt/cto/case",
  PI_CODING_AGENT_DIR: "/home/agent/pi",
  ANTHROPIC_API_KEY: placeholderKey(assignment.run),
  CASE_QUIET: "1",
});

/** Folder whose content becomes `.case/` of the Workspace, laid there by the agent's own process. */
export const CASE_TASK_FOLDER = "/opt/cto/case-task";

/** Case's own folder of events for this task, below the Workspace. */
export const caseEventsFolder = (assignment: Assignment): string => `.case/${assignment.run}/events`;

/** Everything that Case finds on its first start: made fresh for each attempt, never resumed (R072). */
export const caseFiles = (assignment: Assignment, { model, profile }: CaseSetup): readonly LaidFile[] => [
  json("/home/agent/case/config.json", { models: { default: { provider: "anthropic", model } } }),
  json("/home/agent/case/projects.json", {
    repos: [
      {
        name: "workspace",
        path: "/workspace",
        remote: "none",
        description: "",
        language: "none",
        packageManager: "none",
        commands: {},
      },
    ],
  }),
  json("/home/agent/pi/models.json", { providers: { anthropic: { baseUrl: "http://127.0.0.1:8787" } } }),
  json("/opt/cto/case/package.json", { name: "case" }),
  ...Object.entries(PARTS).map(([name, part]) => ({
    path: `/opt/cto/case/agents/${name}.md`,
    content: promptOf(part, assignment),
  })),
  json(`${CASE_TASK_FOLDER}/tasks/active/${assignment.run}.task.json`, taskOf(assignment, profile)),
  { path: `${CASE_TASK_FOLDER}/tasks/active/${assignment.run}.md`, content: assignment.words },
  { path: `${CASE_TASK_FOLDER}/active`, content: `${assignment.run}\n` },
];

const json = (path: string, value: unknown): LaidFile => ({ path, content: `${canonicalJson(value)}\n` });

const taskOf = ({ run }: Assignment, profile: CaseProfile): unknown => ({
  id: run,
  status: "active",
  created: "1970-01-01T00:00:00Z",
  repo: "workspace",
  issueType: "freeform",
  mode: "unattended",
  profile,
  agents: {},
  tested: false,
  manualTested: false,
  prUrl: null,
  prNumber: null,
});

const PARTS: Readonly<Record<string, string>> = {
  implementer: "Do the task below in this folder. Change only what it allows.",
  verifier: "Run the command that the task names and say what it printed. Change nothing.",
  reviewer: "Read the change against the task's criteria and say what does not hold. Change nothing.",
  closer: "There is nothing to close: no repository, no remote, no network. Change nothing and say so.",
  retrospective: "Say in one sentence what went well or badly. Change nothing.",
};

const RESULT = {
  status: "completed",
  summary: "one sentence",
  artifacts: {
    commit: null,
    filesChanged: [],
    testsPassed: null,
    screenshotUrls: [],
    evidenceMarkers: [],
    prUrl: null,
    prNumber: null,
  },
  error: null,
};

const promptOf = (part: string, assignment: Assignment): string =>
  [
    part,
    assignment.words.trim(),
    `When you are done, or cannot go on, end with this block, filled in truthfully (status completed or failed):`,
    `<<<AGENT_RESULT\n${JSON.stringify(RESULT)}\nAGENT_RESULT>>>\n`,
  ].join("\n\n");
