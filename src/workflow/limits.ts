/** Every bound of the program in one table; units in the names. Limits of one run are in policy.yaml (`run-limits.ts`). */
export const LIMITS = {
  homeFileBytesMax: 1_048_576,
  packetBytesMax: 262_144,
  packetLinesMax: 4096,
  frontmatterLineCharactersMax: 4096,
  packetPathsMax: 256,
  packetHostsMax: 32,
  sentenceBytesMax: 4096,
  approvalRecordBytesMax: 65_536,
  draftAgeMaxMs: 600_000,
  /** What a shell is offered at a tab, and how long it waits for it. */
  proposalsMax: 500,
  proposalsWaitMs: 5_000,
  admissionRecordBytesMax: 65_536,
  outcomeRecordBytesMax: 65_536,
  checksBytesMax: 65_536,
  policyBytesMax: 65_536,
  signersBytesMax: 262_144,
  /** Of one line of allowed_signers or revoked_keys; the longest key that is accepted takes 3,000. */
  signerLineCharactersMax: 16_384,
  approversMax: 16,
  signatureBytesMax: 16_384,
  keyFileBytesMax: 4096,
  gitTimeoutMs: 120_000,
  /** How long a shell for git waits for its next call. */
  gitLaneIdleMs: 3_000,
  gitOutputBytesMax: 268_435_456,
  manifestEntriesMax: 200_000,
  manifestDepthMax: 64,
  manifestPathBytesMax: 1024,
  manifestFileBytesMax: 268_435_456,
  manifestTotalBytesMax: 2_147_483_648,
  manifestTimeMs: 120_000,
  /** How much text for agents is read for what it hides, of each file, and of how many. */
  agentProseBytesMax: 1_048_576,
  agentProseFilesMax: 200,
  /** Changed entries of one harvest; more is not read to the end, whatever the policy allows. */
  harvestChangesMax: 5_000,
  indexLockWaitMs: 5_000,
  sshKeygenTimeoutMs: 120_000,
  frameBytesMax: 8_388_608,
  framesBytesMax: 67_108_864,
  /** Lines that one backend may send in one run. */
  framesMax: 20_000,
  frameRawCharactersMax: 2_000,
  /** A command line that is longer, or has more words or more parts of paths in them, is denied unread. */
  judgedLineCharactersMax: 65_536,
  judgedWordsMax: 1_000,
  judgedSegmentsMax: 2_000,
  extensionBytesMax: 4_096,
  /** Paths of one tool call; with more of them it cannot be judged. */
  callPathsMax: 200,
  /** Of what an agent said, in a sentence of ours; and of its error stream, to find its last line. */
  agentsWordsCharactersMax: 200,
  lastWordsBytesMax: 32_768,
  authorityClaimsMax: 100,
  /** Tools that are none of ours and are told one by one, in a run with ours. */
  foreignToolsMax: 20,
  terminalsMax: 200,
  /** How long an agent may take to leave after its input was closed. */
  leaveTimeoutMs: 6_000,
  handActTimeoutMs: 30_000,
  caseLogPollMs: 150,
  /** Phases of Case that are listed as its plan; what names more is kept as said. */
  casePhasesMax: 32,
  /** How long to look whether something broke because of a limit. */
  limitSettleMs: 1_000,
  handReadBytesMax: 4_194_304,
  /** One call of our own tools, and what a command of one tells its agent. */
  toolMessageBytesMax: 8_388_608,
  toolOutputBytesMax: 65_536,
  sandboxProbeTimeoutMs: 20_000,
  /** bubblewrap takes 9,000 arguments, three of them a mount. */
  sandboxMountsMax: 2_700,
  sandboxSlots: 16,
  /** Sandboxes of a validation that stand at once, and how many of their commands run at once, each with its memory. */
  validationStagesMax: 4,
  validationCommandsMax: 2,
  sandboxStreamBytesMax: 268_435_456,
  /** What may lie in the sockets of one stage, where the kernel counts it apart. */
  socketBytesMax: 67_108_864,
  scratchPollMs: 200,
  /** How long the Harness's own probe in a stage may take. */
  stageProbeTimeoutMs: 20_000,
  termGraceMs: 3_000,
  handshakeTimeoutMs: 60_000,
  setModeTimeoutMs: 10_000,
  cancelTimeoutMs: 5_000,
  killTimeoutMs: 10_000,
  /** How long the one who waits for a killed process may take to reap it before he is killed as well. */
  reapGraceMs: 500,
  relayRecordTimeoutMs: 1_000,
  storeBusyTimeoutMs: 5_000,
  /** How long a command that has ended waits for whoever it was connected to. */
  closeMs: 1_000,
  /** How often a transaction that another one was in the way of is tried, and how long one may stand still. */
  storeConflictTries: 5,
  storeIdleTransactionMs: 30_000,
  storeReadersMax: 4,
  /** Lines of a log from one signed checkpoint to the next, which is the last of them; and the age of the first. */
  checkpointLines: 256,
  checkpointMs: 2_000,
  /** Missing run numbers that an audit names one by one. */
  sameAlarmsMax: 20,
  stepAttemptsMax: 3,
  /** How often a worker looks in the ledger for runs that its engine does not know. */
  orderLookMs: 500,
  /** Free space below which a home is not ready: a bundle and a Workspace would not fit. */
  readyDiskBytesMin: 1_073_741_824,
  workerRunsMax: 64,
  /** The highest bound on runs at once that a policy may name. */
  runsAtOnceMax: 1_000_000,
  switchesFileBytesMax: 65_536,
  /** How often somebody who waits for a run of another process looks. */
  followPollMs: 300,
  /** How long whoever watches a run waits for another worker to take it over. */
  unheldWaitMs: 10_000,
  bundleFilesMax: 20_000,
  bundleBytesMax: 2_147_483_648,
  /** What a reader of a bundle keeps in memory: one file, and all of them; what is larger is digested by stream. */
  bundleHeldFileBytesMax: 50_331_648,
  bundleHeldBytesMax: 268_435_456,
  /** What lies in a bucket as an object of its own; smaller files of a bundle are in one pack. */
  archiveObjectBytesMin: 1_048_576,
  archiveManifestBytesMax: 8_388_608,
  /** Until a bucket's answer begins, and between two pieces of it; and for one object all in all. */
  archiveAnswerMs: 30_000,
  archiveObjectMs: 900_000,
  /** Names in one listing of a bucket. */
  archiveListMax: 1_000_000,
  /** Of a backup: what it says it holds, one file, and all of it. */
  backupManifestBytesMax: 134_217_728,
  backupFileBytesMax: 8_589_934_591,
  backupBytesMax: 1_099_511_627_776,
  /** How long a backup waits for a run that is being sealed at this moment. */
  backupWaitMs: 10_000,
  /** What a verifier inflates or makes out of one pack, and out of one patch: its largest file, before and after. */
  bundleInflatedBytesMax: 536_870_912,
  /** Letters of all path rules times letters of all changed paths, as a verifier compares them. */
  judgedRuleStepsMax: 1_000_000_000,
  /** What stands before the message of a commit. */
  commitHeadBytesMax: 262_144,
  stepOutputBytesMax: 65_536,
  clockSkewMaxMs: 5_000,
  relaySocketPathBytesMax: 80,
  /** Entries of the temporary folder that are looked at for what killed relays left. */
  relaySweepEntriesMax: 20_000,
  /** How long a relay that ends waits for what had come to it. */
  relayDrainMs: 5_000,
  relayConnectionsMax: 128,
  relayHeaderBytesMax: 16_384,
  relayRequestBytesMax: 8_388_608,
  /** Members, items and brackets of one body; the longest sessions of real agents have a tenth. */
  relayBodyPartsMax: 100_000,
  relayBodyDepthMax: 64,
  /** Of the name of a field that is refused. */
  relayFieldCharactersMax: 120,
  /** Tokens that an answer may have, where its request names no number. */
  relayOutputTokensDefault: 16_384,
  relayResponseBytesMax: 33_554_432,
  /** Request bodies that are held at the same time, all together. */
  relayHeldBytesMax: 67_108_864,
  relayHeadersTimeoutMs: 10_000,
  relayRequestTimeoutMs: 60_000,
  relayUpstreamIdleMs: 300_000,
  relayResolveTimeoutMs: 10_000,
  /** Attempts that get an event and a line of their own in one run, and in one second; and shims that are answered by a rule. */
  attemptsMax: 10_000,
  attemptsPerSecondMax: 50,
  /** Paths left in the Workspace that get an event of their own, the first try at each action among them. */
  straysMax: 100,
  attemptTextCharactersMax: 500,
  /** Of a JUnit document that a validation prints. */
  junitBytesMax: 1_048_576,
  /** How long a session that is played again may be silent: whoever waits for what never comes is ended. */
  replayIdleMs: 60_000,
  /** A replay that a page of the Control Surface asks for, from its beginning to its end. */
  replayHereMs: 900_000,
  /** Differences that a replay shows, and how much of a text. */
  replayDifferencesMax: 50,
  replayTextCharactersMax: 400,
  /** No secret is looked for beyond; what is undecided of a stream is held back so far at most. */
  secretBytesMax: 16_384,
  /** A value that is shorter would be found everywhere. */
  secretBytesMin: 8,
  /** Different secrets of one run that are told apart; more are replaced all the same. */
  redactionsMax: 200,
  /** Places of a bundle that redactions.json names one by one; more are counted. */
  redactionPlacesMax: 10_000,
  /** Secrets in changed files that are told one by one. */
  secretsInChangeMax: 20,
  /** Frames that wait while a message is undecided. */
  framesHeldMax: 32,
  framesHeldBytesMax: 1_048_576,
  servicesBytesMax: 16_384,
  notifyPolicyBytesMax: 65_536,
  notifyChannelsMax: 16,
  notifySecretBytesMax: 1024,
  noticeTitleCharactersMax: 200,
  /** How long after each attempt that failed a notice is tried again; after one more it is a dead letter. */
  noticeRetryAfterMs: [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000],
  /** How long a receiver may take for everything up to the first line of its answer. */
  noticeAnswerMs: 10_000,
  noticeResolveMs: 5_000,
  /** How long a desktop may take to show a notice, and notify-send to leave when it is told to. */
  desktopTimeoutMs: 5_000,
  desktopKillMs: 500,
  /** How long is waited for what opens a page in a browser. */
  browserAnswerMs: 5_000,
  /** For how long a delivery is lent to one server. */
  noticeLoanMs: 60_000,
  noticesAtOnce: 8,
  /** Notices that are drawn, or written to the file, in one go. */
  noticesPageMax: 100,
  /** How often a Control Surface looks into the outbox, and at the least at the states that nobody records. */
  noticePollMs: 1_000,
  noticeLookMs: 60_000,
  /** Of the time that a Control Surface spends, one part of so many goes into looking at states. */
  noticeLookShare: 20,
  /** Notices in which answers are looked for, and answers that are told. */
  noticeAnswersPageMax: 2_000,
  noticeAnswersMax: 50,
  /** How long a run waits at its end for its notices to be delivered. */
  noticeFlushMs: 5_000,
  /** How long the result of a hostile suite says something of this machine. */
  hostileFreshMs: 2_592_000_000,
  /** Of one request to the Control Surface: its headers, a name in its address, its body, and what a browser ticks and gives as reason. */
  surfaceHeaderBytesMax: 16_384,
  surfaceNameCharactersMax: 512,
  manualListBytesMax: 1_048_576,
  surfaceBodyBytesMax: 65_536,
  surfaceTicksMax: 2_000,
  surfaceReasonCharactersMax: 1_000,
  /** How long a client of the Control Surface may take for its headers, for all of a request, and between two of them. */
  surfaceHeadersTimeoutMs: 10_000,
  surfaceRequestTimeoutMs: 15_000,
  surfaceKeepAliveMs: 5_000,
  surfaceCheckMs: 1_000,
  /** A socket on which nothing moves for so long is closed; a stream of events moves with every heartbeat. */
  surfaceIdleMs: 60_000,
  surfaceConnectionsMax: 512,
  /** Streams of events that are open at once, how often the ledger is looked at for them, and how far one may lie behind. */
  surfaceStreamsMax: 64,
  surfacePollMs: 500,
  surfaceHeartbeatMs: 15_000,
  surfaceEventsBehindMax: 10_000,
  /** How long a Control Surface that ends waits for the answers that it has begun. */
  surfaceEndMs: 2_000,
  /** Bundles of settled work items that one look at the inbox hashes, the newest; bundles and runs that a served home remembers. */
  statusBundlesMax: 50,
  rememberedBundlesMax: 1_000,
  rememberedFactsMax: 4,
  rememberedWorksMax: 20_000,
  /** Work items whose targets are looked at at once. */
  worksAtOnceMax: 4,
  /** Entries of one page, without and with a wish, and answers that one question may ask for. */
  surfacePageDefault: 100,
  surfacePageMax: 1_000,
  surfaceTogetherMax: 16,
  /** Lines of a patch that are shown at once, of one file and of all, and characters of one of them. */
  surfaceDiffFileLinesMax: 400,
  surfaceDiffLinesMax: 8_000,
  surfaceLineCharactersMax: 2_000,
  /** One answer to an assistant, the words beside it, the rows of a list, and how far into one it may be paged. */
  mcpAnswerBytesMax: 1_048_576,
  mcpTextCharactersMax: 8_192,
  mcpRowsMax: 100,
  mcpOffsetMax: 100_000,
  mcpEventsMax: 500,
  mcpEvidenceBytesMax: 65_536,
  mcpHitsMax: 50,
  mcpQueryCharactersMax: 200,
  /** One message of an assistant's client; also the most that is read of a packet which it sends. */
  mcpMessageBytesMax: 1_048_576,
  /** How often the ledger is looked at for whoever subscribed, how much of it at once, and to how many resources. */
  mcpPollMs: 1_000,
  mcpPollEntriesMax: 1_000,
  mcpSubscriptionsMax: 256,
} as const;
