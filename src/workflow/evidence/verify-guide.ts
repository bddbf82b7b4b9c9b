import { ATTESTATIONS } from "./bundle-table.ts";
import type { Reach } from "./ending.ts";

/** All that VERIFY.md depends on. */
export interface GuideFacts {
  readonly run: string;
  readonly reach: Reach;
  /** Empty, and no owner, where the run stopped before its approval was used. */
  readonly approvers: readonly { readonly method: "typed" | "tty" | "sshsig"; readonly principal: string }[];
  readonly admissionOwner: string;
  readonly isTested: boolean;
}

/** VERIFY.md: how a stranger checks this folder with tools that the Harness did not write, command by command. */
export const verifyGuide = (facts: GuideFacts): string => {
  const attestations = [ATTESTATIONS.run, ...(facts.isTested ? [ATTESTATIONS.tests] : []), ATTESTATIONS.verdict];
  return [
    `# How to verify ${facts.run}`,
    "",
    "Nothing here has to be believed because this folder says so. ALLOWED_SIGNERS is the owner's file of that name, as it",
    "reached you by another way; a key that lies in this folder is worth nothing. The commands want a POSIX shell, in",
    "which a failing one stops the others (`set -e`), and are given from an empty folder of yours.",
    "",
    "    export BUNDLE=${BUNDLE:?the path of this folder} ALLOWED_SIGNERS=${ALLOWED_SIGNERS:?the path of that file}",
    "",
    "## Every file is as it was sealed",
    "",
    '    (cd "$BUNDLE" && sha256sum -c --strict --quiet SHA256SUMS)',
    "",
    ...humanSignatures(facts),
    ...attestationChecks(attestations),
    ...(facts.reach === "commit" ? patch : []),
    "## All of it, offline",
    "",
    '    cto verify "$BUNDLE" --trust "$ALLOWED_SIGNERS"',
    "",
    "It says PASS, FAIL or NOT-PROVEN. FAIL and NOT-PROVEN exit with 5.",
    "The same in a browser, offline: verify.html, from the package of CTO Harness or from a bundle that you trust. The one in",
    "this folder is this folder's word; compare its sha256 with another one's.",
    "",
    "## What a pass does not show",
    "",
    "A signature says that its key said so, not that it is true. openssl and sha256sum know no times and no namespaces:",
    "that a key had its role when the run was sealed, that the statements are over exactly these files and this commit,",
    "and what the events and proofs say of each other, is what cto verify adds. The verdict is by a key of the same home:",
    "it saves you time and is no second opinion. Everything else that is not claimed stands in bundle.json under notClaimed.",
    "",
  ].join("\n");
};

const humanSignatures = ({ approvers, admissionOwner }: GuideFacts): readonly string[] => {
  const signers = approvers.filter(({ method }) => method === "sshsig").map(({ principal }) => principal);
  const signed = [
    ...signers.toSorted().map((principal) => verifyLine(principal, "approval", `approval.${principal}.json`)),
    ...(admissionOwner === "none" ? [] : [verifyLine(admissionOwner, "admission", "admission.json")]),
  ];
  return signed.length === 0 ? [] : ["## The owner signed the approval and the admission", "", ...signed.flat(), ""];
};

const verifyLine = (principal: string, role: string, file: string): readonly string[] => [
  `    ssh-keygen -Y verify -f "$ALLOWED_SIGNERS" -I ${principal} -n ${role}@cto-harness \\`,
  `      -s "$BUNDLE/approval/${file}.sig" < "$BUNDLE/approval/${file}"`,
];

/** DSSE by base64 and openssl. The key is the one of ALLOWED_SIGNERS that has the fingerprint which the attestation names. */
const attestationChecks = (paths: readonly string[]): readonly string[] => [
  "## The Harness and its verifier signed what they say",
  "",
  '    field() { sed -n "s/^ *\\"$1\\": \\"\\(.*\\)\\",\\{0,1\\}\\$/\\1/p" "$2"; }',
  "    key_named() {",
  "      sed -n 's/^[^#]*\\(ssh-ed25519 [A-Za-z0-9+\\/=]*\\).*/\\1/p' \"$ALLOWED_SIGNERS\" | while read -r type key; do",
  '        case "$(echo "$type $key" | ssh-keygen -lf -)" in *" $1 "*) echo "$key" | base64 -d | tail -c 32 ;; esac',
  "      done",
  "    }",
  "    signed_by_whom_it_says() {",
  '      field payload "$1" | base64 -d > payload',
  "      { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' \"$(wc -c < payload)\"; cat payload; } > signed",
  '      field sig "$1" | base64 -d > signature',
  '      { printf \'\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000\'; key_named "$(field keyid "$1")"; } > key.der',
  "      openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed -sigfile signature",
  "    }",
  ...paths.map((path) => `    signed_by_whom_it_says "$BUNDLE/${path}"`),
  "",
  "What was signed is in the file `payload` each time. The run's statement names the digest of SHA256SUMS, and the verdict",
  "names the digest of the run's statement:",
  "",
  `    field payload "$BUNDLE/${ATTESTATIONS.run}" | base64 -d | grep -q "$(sha256sum < "$BUNDLE/SHA256SUMS" | cut -c 1-64)"`,
  `    field payload "$BUNDLE/${ATTESTATIONS.verdict}" | base64 -d | grep -q "$(sha256sum < "$BUNDLE/${ATTESTATIONS.run}" | cut -c 1-64)"`,
  "",
];

const patch: readonly string[] = [
  "## The patch makes the committed tree",
  "",
  "    git init --quiet --bare replay.git && cd replay.git",
  '    cp "$BUNDLE/repo/base.pack" objects/pack/pack-base.pack && cp "$BUNDLE/repo/base.idx" objects/pack/pack-base.idx',
  '    git hash-object -t commit "$BUNDLE/repo/base-commit.raw"     # the parent',
  "    export GIT_INDEX_FILE=$PWD/replay.index",
  '    git read-tree "$(sed -n \'1s/^tree //p\' "$BUNDLE/repo/base-commit.raw")"',
  '    git apply --cached --binary --whitespace=nowarn "$BUNDLE/patch.diff"',
  "    git write-tree --missing-ok                                  # the tree that repo/commit.raw names",
  '    git hash-object -t commit "$BUNDLE/repo/commit.raw"          # the commit',
  "",
];
