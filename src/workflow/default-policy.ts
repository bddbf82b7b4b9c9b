/** policy.yaml as `cto init` writes it. It allows no backend and no target by itself. */
export const defaultPolicyText = (): string => DEFAULT;

const DEFAULT = `# What this home allows at most. An approval is bound to the bytes of this file: any change makes it stale.
# A packet may only narrow what stands here. An unknown, repeated or misspelled key is refused.
schema: cto/policy/v1

# Only these risk classes may run. minimumAssurance: A0 typed, A1 terminal and uid, A2 SSH key, A3 hardware key with
# user verification. minimumConfinement: A full stage, B one sandbox over a copy, C processes only.
riskClasses:
  low_risk_noncritical:
    minimumAssurance: A2
    minimumConfinement: B

# Every packet must forbid these; it may add others, never leave one out.
baseForbiddenPaths:
  - .env
  - .env.*
  - secrets/
  - credentials/
  - deploy/
  - infra/
  - .github/workflows/
  - .git/

# Of the forbidden paths, those that not even the validation command may read.
secretPaths:
  - .env
  - .env.*
  - secrets/
  - credentials/

# What tools leave behind: discarded with the Workspace and listed, never committed.
scratchPaths:
  - .case/
  - .pytest_cache/
  - __pycache__/

# A forbidden action that was tried and denied: "record" shows it and asks the owner by name, "void" ends the run.
deniedAttempts: record

# true: a backend needs a verified run one stage lower before it may run at a stage.
requirePriorStage: false

# An approval not used within this time is worth nothing any more.
approvalExpiryMs: 86400000 # 24 hours

# What one run may use. Reaching a limit voids the run and names it.
limits:
  wallMs: 1800000 # 30 minutes
  idleMs: 300000 # 5 minutes without a word
  processesMax: 200
  descriptorsMax: 1024
  fileBytesMax: 268435456 # 256 MiB in one file
  dataBytesMax: 4294967296 # 4 GiB of data in one process
  memoryBytesMax: 4294967296 # 4 GiB of everything in the sandbox together
  scratchBytesMax: 67108864 # 64 MiB written in the Workspace
  scratchInodesMax: 5000
  tmpBytesMax: 268435456 # 256 MiB each in /tmp and HOME
  outputBytesMax: 1048576 # 1 MiB kept of each stream; the rest is counted and digested
  changedFilesMax: 200
  patchBytesMax: 1048576 # 1 MiB
  committedFileBytesMax: 5242880 # 5 MiB

# What stands behind each backend kind. Listing a kind grants nothing: the packet names one, the owner approves it,
# the operator opens it by its environment variables, and a program that is absent is refused.
backends:
  # acp: { profile: gemini, packages: /opt/agents/node_modules, upstream: NAME } leads an agent that speaks ACP, and
  # command: the same for one that only prints; cto agents list shows the profiles.
  case: {}
  scripted:
    steps: .sot/authority/steps.json

# The only way out of the sandbox. An upstream has an api (chat, responses, anthropic, gemini), an origin, a keyVariable
# that names a variable of your environment, and models; a backend above reaches it by "upstream: NAME". None: no model.
# pricesPerMillionTokens: {input: 3, output: 15, currency: USD} in it has each run tell its cost; without it that is unknown.
relay:
  upstreams: {}
  modelRequestsMax: 400
  modelTokensMax: 2000000 # as the provider reports them
  modelBytesMax: 268435456 # 256 MiB both ways
  cassette: false # true keeps whole exchanges in the bundle

# Hosts, as name:port, that a packet may ask for besides the model. What an agent sends there nobody sees. None: no other.
egress:
  allowedHosts: []

# What is replaced by [redacted:...] before anything is kept, and voids a run whose change holds it. variables: names of
# variables of your environment whose values are secrets of 8 or more bytes; the keys of the relay always are. A pattern
# of your own: {name: acme, begins: acme_, alphabet: letters, atLeast: 20}.
redaction:
  variables: []
  patterns: [private-key, aws, github, gitlab, slack, model-provider, google, npm, jwt]

# Absolute folders that the sandbox may read besides the system's own, such as an interpreter of your own.
toolchains: []

# Absolute folders outside this home in which no byte may change while a run lasts.
coreRoots: []

# Started as root, the sandbox runs as one of 16 user ids from here on; no account may have them.
uidBase: 60600
`;
