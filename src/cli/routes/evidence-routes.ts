import type { Command, RouteMap } from "@stricli/core";

import { ASSURANCE_LEVELS, type Assurance } from "../../workflow/authority.ts";
import { REPLAY_LEVELS } from "../../workflow/evidence/schemas/replay-levels.ts";
import { command } from "../command.ts";
import type { Parsing } from "../context.ts";
import { oneOf, oneOr, text, yes } from "../flags.ts";
import type { Argument } from "../help.ts";

const RUN: Argument = { placeholder: "RUN", brief: "R-NNN-AA; a unique beginning is enough", proposes: ["run"] };

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands that read what a run left. */
export const evidenceRoutes = (): Routes => ({
  show: command<object, [string]>({
    brief: "one run: how it ended, and what stands for it",
    examples: ["cto show R-049-02", "cto show R-049-02 --json"],
    args: [RUN],
    about: [
      "Reads the sealed report and verifies the bundle. Of a run whose process died it looks at",
      "the target and says whether it is untouched or holds the commit.",
    ],
    exits: "0",
    see: "cto logs, cto diff, cto verify",
    load: () => import("../commands/show.ts"),
  }),
  logs: command<
    {
      readonly stage?: string;
      readonly backend: boolean;
      readonly failed: boolean;
      readonly grep?: string;
      readonly follow: boolean;
    },
    [string]
  >({
    brief: "what was printed and recorded in a run",
    examples: [
      "cto logs R-049-02",
      "cto logs R-049-02 --failed",
      "cto logs R-049-02 --follow",
      "cto logs R-049-02 --stage events --grep denied",
    ],
    args: [RUN],
    flags: {
      stage: oneOf(["validation", "backend", "events"], "only this log (default: validation and backend)"),
      backend: yes("the same as --stage backend"),
      failed: yes("only what a failed command printed"),
      grep: text("T", "only lines with this text"),
      follow: yes("go on until the run has ended; Ctrl-C leaves it and ends nothing"),
    },
    about: ["Terminal sequences are dropped and whatever hides or reorders is shown as <U+202E>."],
    exits: "0",
    load: () => import("../commands/logs.ts"),
  }),
  diff: command<{ readonly stat: boolean; readonly nameOnly: boolean; readonly raw: boolean }, [string]>({
    brief: "what a run changed, also one that was voided",
    examples: ["cto diff R-049-02", "cto diff R-049-02 --stat", "cto diff R-049-02 --raw | git apply --stat"],
    args: [RUN],
    flags: {
      stat: yes("one line for each path"),
      nameOnly: yes("the paths alone"),
      raw: yes("patch.diff, byte for byte"),
    },
    about: ["Of a run without a commit there is no patch: the judged paths are shown instead."],
    exits: "0",
    load: () => import("../commands/diff.ts"),
  }),
  verify: command<
    {
      readonly trust?: string;
      readonly revoked?: string;
      readonly minimum?: Assurance;
      readonly outcome?: string;
      readonly withdrawal?: string;
    },
    [string]
  >({
    brief: "check a bundle as a stranger would, offline",
    examples: [
      "cto verify R-049-02",
      "cto verify R-049-02.tar --trust allowed_signers",
      "cto verify ./R-049-02 --trust allowed_signers --outcome outcome.json",
    ],
    args: [
      {
        placeholder: "RUN|DIR|TAR",
        brief: "a run of this home, or any folder or tar that claims to be a bundle",
        proposes: ["run", "file"],
      },
    ],
    flags: {
      trust: text("FILE", "the allowed_signers file to trust (for a RUN: this home's own)", "file"),
      revoked: text(
        "FILE",
        "keys that count for nothing, as ssh-keygen -r reads them (for a RUN: this home's own)",
        "file",
      ),
      minimum: oneOf(ASSURANCE_LEVELS, "the least assurance of an approval that proves anything (A2)"),
      outcome: text("FILE", "the outcome that was signed, FILE.sig beside it (for a RUN: this home's own)", "file"),
      withdrawal: text("FILE", "the approval taken back under a signature, FILE.sig beside it (likewise)", "file"),
    },
    about: [
      "A0 and A1 are the host's word alone: NOT-PROVEN, unless --minimum asks for no more. policy.yaml may ask for more.",
      "A folder or tar needs no home. Without --trust it is at best NOT-PROVEN. A tar is read, never unpacked.",
      "An outcome or withdrawal that is given has to be about exactly this bundle; cto audit export writes both.",
      "-v shows the checks that pass as well. What is not claimed is printed at the end.",
    ],
    exits: "0 PASS · 5 FAIL or NOT-PROVEN · 4 it cannot be read",
    see: "cto explain evidence/digest-differs",
    load: () => import("../commands/verify.ts"),
  }),
  replay: command<{ readonly level: string }, [string]>({
    brief: "do a part of a sealed run again, and compare",
    examples: ["cto replay R-049-02", "cto replay R-049-02 --level validation", "cto replay ./R-049-02 --level render"],
    args: [
      {
        placeholder: "RUN|DIR",
        brief: "a run of this home, or any folder that holds a bundle",
        proposes: ["run", "folder"],
      },
    ],
    flags: { level: oneOr(REPLAY_LEVELS, "patch", "what is done again (patch)") },
    about: [
      "patch       git makes tree and commit of the bundle's objects and patch",
      "validation  the command runs on a fresh checkout, without network; needs the home",
      "render      report, summary, findings and trace are drawn again",
      "normalize   the agent's raw frames are read as events again",
      "session     the agent's side is played again, in a sandbox; needs the home",
      "cassette    the agent itself, behind its recorded model; needs the home and a recording",
      "Writes to scratch only. Asking the model again is not replay.",
    ],
    exits: "0 the same · 3 refused · 5 it differs",
    load: () => import("../commands/replay.ts"),
  }),
});
