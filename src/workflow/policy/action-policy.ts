import type { ForbiddenAction } from "../contract/contract.ts";
import { prohibition, type Prohibition } from "../path-rules.ts";

/** A command whose words are a try at a forbidden action: program, then arguments in this order, options left out. */
export interface AttemptPattern {
  readonly action: ForbiddenAction;
  readonly programs: readonly string[];
  /** Each entry lists the words that may stand first, second, ... after the options; none: any use of the program. */
  readonly words: readonly (readonly string[])[];
  /** An option that makes the difference, where the words alone do not. */
  readonly option?: RegExp;
}

const attempt = (action: ForbiddenAction, programs: string, ...words: readonly string[]): AttemptPattern => ({
  action,
  programs: programs.split(" "),
  words: words.map((alternatives) => alternatives.split(" ")),
});

/** What counts as a try at each of the ten actions (R076 to R085). The first entry that fits decides. */
export const COMMAND_ATTEMPTS: readonly AttemptPattern[] = [
  attempt(
    "credential_change",
    "git",
    "config",
    "user.name user.email user.signingkey credential.helper core.sshCommand",
  ),
  attempt("credential_change", "git", "credential credential-store credential-cache"),
  attempt("credential_change", "gh hub glab", "auth secret ssh-key gpg-key variable"),
  attempt("credential_change", "npm pnpm yarn bun", "login logout adduser add-user token"),
  attempt("credential_change", "aws", "configure sso iam secretsmanager"),
  attempt("credential_change", "gcloud az", "auth login logout ad keyvault"),
  attempt("credential_change", "docker podman cargo gem heroku vercel netlify helm terraform", "login logout signin"),
  attempt("credential_change", "kubectl oc", "create", "secret token"),
  attempt(
    "credential_change",
    "ssh-keygen ssh-add ssh-copy-id gpg gpg2 passwd chpasswd htpasswd vault op pass security keyring",
  ),
  attempt("push", "git", "push send-pack http-push"),
  attempt("push", "git", "remote", "add set-url rename remove rm"),
  attempt("push", "git", "svn", "dcommit"),
  attempt("push", "jj", "git", "push"),
  attempt("push", "hg svn", "push commit ci"),
  attempt("merge", "git", "merge pull octopus"),
  attempt("merge", "gh hub glab", "pr mr", "merge"),
  attempt("merge", "hub glab", "merge"),
  attempt("pr_open", "gh hub glab", "pr mr", "create new open reopen ready"),
  attempt("pr_open", "hub", "pull-request"),
  attempt("pr_open", "git", "request-pull"),
  attempt("pr_open", "az", "repos"),
  attempt("issue_close", "gh hub glab", "issue pr mr", "close delete lock transfer"),
  attempt("public_publication", "npm pnpm yarn bun lerna", "publish unpublish dist-tag"),
  attempt("public_publication", "npm pnpm yarn", "npm", "publish"),
  attempt("public_publication", "poetry flit hatch uv pdm cargo", "publish"),
  attempt("public_publication", "twine", "upload"),
  attempt("public_publication", "gem helm docker podman buildah skopeo nuget", "push copy"),
  attempt("public_publication", "gh glab hub", "release gist snippet", "create new edit upload"),
  attempt("public_publication", "mvn gradle gradlew", "deploy publish"),
  attempt("public_publication", "goreleaser semantic-release vsce ovsx np"),
  {
    action: "public_publication",
    programs: ["curl"],
    words: [],
    option: /^(?:-[a-zA-Z]*[TFd]|--upload-file|--form|--data[a-z-]*|--json|-X|--request)/,
  },
  { action: "public_publication", programs: ["wget"], words: [], option: /^--(?:post|body|method)/ },
  attempt("deploy", "kubectl oc helm terraform tofu terragrunt pulumi ansible ansible-playbook aws gcloud az doctl"),
  attempt("deploy", "fly flyctl vercel netlify heroku wrangler serverless sls cdk firebase eb sam nomad railway dokku"),
  attempt("deploy", "docker podman", "stack service swarm compose"),
  attempt("deploy", "ssh scp sftp rsync lftp"),
  attempt("deploy", "make just task rake", "deploy release ship publish"),
  attempt("deploy", "npm pnpm yarn bun", "run run-script", "deploy release ship"),
  attempt("vendor_source_mutation", "npm pnpm yarn bun", "install i ci add update upgrade uninstall remove link"),
  attempt("vendor_source_mutation", "pip pip3 pipx", "install uninstall"),
  attempt("vendor_source_mutation", "uv", "add remove sync pip"),
  attempt("vendor_source_mutation", "poetry pdm conda mamba", "add remove install update"),
  attempt("vendor_source_mutation", "cargo", "add remove install update vendor"),
  attempt("vendor_source_mutation", "go", "get install"),
  attempt("vendor_source_mutation", "go", "mod", "vendor tidy download"),
  attempt(
    "vendor_source_mutation",
    "gem bundle composer brew apt apt-get dnf yum apk pacman",
    "install update upgrade require add remove",
  ),
  attempt("vendor_source_mutation", "git", "submodule subtree"),
  attempt("close", "cto", "outcome accept reject close"),
  attempt("cortex_core_mutation", "cto"),
];

/** The action that a change of this path is by itself a try at, at any depth; its segments are folded already. */
export const actionOfPath = (folded: readonly string[]): ForbiddenAction | undefined =>
  PATH_ATTEMPTS.find(({ rules }) => rules.ruleFor(folded) !== undefined)?.action;

const PATH_ATTEMPTS: readonly { readonly action: ForbiddenAction; readonly rules: Prohibition }[] = [
  { action: "cortex_core_mutation", rules: prohibition([".sot/", ".cto/"]) },
  { action: "push", rules: prohibition([".git/"]) },
  { action: "deploy", rules: prohibition(["deploy/", "infra/", ".github/workflows/", ".gitlab-ci.yml"]) },
  { action: "vendor_source_mutation", rules: prohibition(["vendor/", "third_party/", "node_modules/"]) },
  {
    action: "credential_change",
    rules: prohibition([
      ".env",
      ".env.*",
      "secrets/",
      ".ssh/",
      ".aws/",
      ".gnupg/",
      ".netrc",
      ".npmrc",
      ".pypirc",
      "*.pem",
      "*.key",
    ]),
  },
];

/** Programs that only make sense with a network, of which there is none (confinement.md 3). */
export const NETWORK_PROGRAMS: readonly string[] =
  "curl wget gh hub glab nc ncat netcat socat telnet ftp ssh scp sftp rsync ping dig nslookup host".split(" ");
