import { BUNDLE_NOT_CLAIMED } from "../../src/workflow/evidence/bundle-table.ts";

/** What no bundle claims, from the list that every bundle carries, and what that means for a reader. */
export const nonClaimsPage = (): string =>
  [
    "# What is not claimed",
    "",
    "A PASS of `cto verify` says that the checks hold which a bundle allows. Each bundle also lists what it does not claim, and `cto verify` prints that list",
    "with each verdict, longer where a run had less to show. No bundle claims this:",
    "",
    "<!-- This list is drawn from the code by `npm run docs`; a test holds it to it. -->",
    "",
    ...BUNDLE_NOT_CLAIMED.map((claim) => `- ${claim}`),
    "",
    ...REST,
    "",
  ].join("\n");

const REST = [
  "## Not claimed of the work",
  "",
  "- **That it is good.** The Harness shows what was run and what came of it. Tests that run the change's own code can be made to print what they like; the owner judges.",
  "- **That it can be had again.** A model that is asked twice answers twice. Replay compares what was recorded, and never asks again.",
  "- **That nothing was said in allowed words.** Traffic to the model and to approved hosts is counted and bounded, not understood.",
  "",
  "## Not claimed of the machine",
  "",
  "- **That the kernel held.** Root of the host, kernel bugs and hardware side channels are outside ([threat model](threat-model.md)).",
  "- **That a command dies with a killed Harness in its first milliseconds, where there is no overlay.** At level A the whole stage ends with its Harness. At",
  "  level B, one that is killed by `kill -9` just as a command begins may leave it at work, confined as it was, until somebody goes on with the run or looks",
  "  for its uid.",
  "- **That the clock was right.** Times are the host's own. Wall clock and boot clock are compared, so a jump is seen; nobody outside attests them.",
  "- **That there is no other ledger.** The chain and its signed heads show that this one was not rewritten, not that there is only one.",
  "",
  "## Not claimed of people",
  "",
  "- **That who holds a key is who you think.** A2 and A3 prove a key of `allowed_signers`. A0 and A1 are this host's word.",
  "- **That they read it.** The record holds a digest of what was shown.",
  "- **That a norm is fulfilled.** A [control export](control-export.md) says what the evidence comes to for the questions of a framework. An opinion is an auditor's.",
  "",
  "## Not there at all",
  "",
  "Work across several repositories in one run; agents on macOS or Windows; pushing, merging, deploying; a hosted service; a default backend; an",
  "approval that counts for more than one run.",
];
