import type { Reach } from "./ending.ts";

/** VERIFY.md: how a stranger checks this folder with tools that the Harness did not write. */
export const verifyGuide = (run: string, reach: Reach): string =>
  [
    `# How to verify ${run}`,
    "",
    "Nothing here has to be believed because this folder says so. The keys of the humans come to you by another way.",
    "",
    "## Every file is as it was sealed",
    "",
    "    sha256sum -c --strict SHA256SUMS",
    "",
    ...(reach === "gate" ? [] : signatures),
    ...(reach === "commit" ? patch : []),
    "## All of it, offline",
    "",
    "    cto verify . --trust ALLOWED_SIGNERS",
    "",
    "It says PASS, FAIL or NOT-PROVEN. FAIL and NOT-PROVEN exit with 5.",
    "",
    "## What a pass does not show",
    "",
    "This form is sealed without a signature of the Harness: whoever can write this folder could rewrite it consistently,",
    "except for what a human signed. Everything else that is not claimed stands in bundle.json under notClaimed.",
    "",
  ].join("\n");

const signatures: readonly string[] = [
  "## The owner signed the approval",
  "",
  "    cd approval",
  "    ssh-keygen -Y verify -f ALLOWED_SIGNERS -I PRINCIPAL -n approval@cto-harness \\",
  "      -s approval.PRINCIPAL.json.sig < approval.PRINCIPAL.json",
  "    ssh-keygen -Y verify -f ALLOWED_SIGNERS -I OWNER -n admission@cto-harness -s admission.json.sig < admission.json",
  "",
];

const patch: readonly string[] = [
  "## The patch makes the committed tree",
  "",
  "    git init --bare replay.git && cd replay.git",
  "    cp BUNDLE/repo/base.pack objects/pack/pack-base.pack && cp BUNDLE/repo/base.idx objects/pack/pack-base.idx",
  "    git hash-object -t commit BUNDLE/repo/base-commit.raw        # the parent",
  "    export GIT_INDEX_FILE=$PWD/replay.index",
  "    git read-tree \"$(sed -n '1s/^tree //p' BUNDLE/repo/base-commit.raw)\"",
  "    git apply --cached --binary --whitespace=nowarn BUNDLE/patch.diff",
  "    git write-tree --missing-ok                                  # the tree that repo/commit.raw names",
  "    git hash-object -t commit BUNDLE/repo/commit.raw             # the commit",
  "",
];
