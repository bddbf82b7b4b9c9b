/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const packetRefusals = {
  "packet/too-large": {
    says: "The document has {bytes} bytes; at most {max} are read.",
    next: "shorten the document, then cto packet lint",
    why: "Every reader has a bound, so that no document can exhaust the Harness.",
  },
  "packet/too-many-lines": {
    says: "The document has {lines} lines; at most {max} are read.",
    next: "shorten the document, then cto packet lint",
    why: "Every reader has a bound, so that no document can exhaust the Harness.",
  },
  "packet/list-too-long": {
    says: "The list has {items} items; at most {max} are read.",
    next: "name folders instead of files, then cto packet lint",
    why: "A contract that nobody can read through cannot be approved word for word.",
  },
  "packet/nul-byte": {
    says: "The document holds a NUL byte.",
    next: "remove the byte, then cto packet lint",
    why: "Some programs end a text at NUL; what follows would be hidden from them.",
  },
  "packet/not-utf8": {
    says: "The document is not UTF-8 from byte {byte} on.",
    next: "save the document as UTF-8, then cto packet lint",
    why: "Bytes that two programs read differently cannot be approved word for word.",
  },
  "packet/invisible-characters": {
    says: "{codePoint} is {what}.",
    next: "remove or retype the character, then cto packet lint",
    why: "What the owner cannot see or tell apart, the owner cannot approve.",
  },
  "packet/confusable": {
    says: "{text} {problem}.",
    next: "write the name in one script and in its plain form, then cto packet lint",
    why: "Letters that look alike can make one path pass for another.",
  },
  "packet/secret": {
    says: "This line looks like it holds {kind}.",
    next: "remove it and revoke the credential; a packet is copied into every bundle",
    why: "Packets are shown, digested and kept; a credential in one is a leaked credential.",
  },
  "packet/more-refusals": {
    says: "{count} more refusals are not shown.",
    next: "mend those shown, then cto packet lint",
    why: "A hostile document must not flood its reader.",
  },
  "packet/file-name": {
    says: "The file is called {name}; a packet is called CTO-NAME-APPROVAL-PACKET.md, in capitals.",
    next: "rename the file, then cto packet lint",
    why: "The kind of a governance document is read from its name.",
  },
  "packet/frontmatter": {
    says: "The frontmatter {problem}.",
    next: "begin the document with --- and end the ten keys with ---, then cto packet lint",
    why: "A packet without its ten keys has no owner, no status and no date.",
  },
  "packet/key-missing": {
    says: "The frontmatter lacks the key {key}.",
    next: "add the key, then cto packet lint",
    why: "Exactly ten keys describe a packet; none of them has a default.",
  },
  "packet/unknown-key": {
    says: "{key} is no key of a packet's frontmatter.",
    next: "remove the key, then cto packet lint",
    why: "A key that nothing reads would look as if it had an effect.",
  },
  "packet/key-repeated": {
    says: "The key {key} already stands in line {line}.",
    next: "remove one of the two, then cto packet lint",
    why: "Readers differ on which of two equal keys counts.",
  },
  "packet/not-flat": {
    says: "This frontmatter line is not one plain key and value: {problem}.",
    next: "write it as key: value on one line, then cto packet lint",
    why: "Anchors, tags, nesting and escapes let one text mean two things.",
  },
  "packet/name-mismatch": {
    says: "The name is {name}, but the file's name asks for {expected}.",
    next: "make name the file's name in lower case, then cto packet lint",
    why: "A packet that was copied under another name must not pass for the first.",
  },
  "packet/tier": {
    says: "The tier {value} is not written here; only local is.",
    next: "set tier: local, then cto packet lint",
    why: "Nothing in this home is promoted into Core.",
  },
  "packet/status": {
    says: "{value} is no status of a packet.",
    next: "use draft, proposed, validated, superseded or retired, then cto packet lint",
    why: "The words are closed, so that none can suggest an authority it has not.",
  },
  "packet/status-disagrees": {
    says: "The Status section says {found}, the frontmatter says {expected}.",
    next: "make both the same, then cto packet lint",
    why: "A reader of either must learn the same.",
  },
  "packet/lifecycle": {
    says: "The lifecycle classification {value} is not a packet's; a packet is planning.",
    next: "set lifecycle_classification: planning, then cto packet lint",
    why: "A packet plans; it never executes.",
  },
  "packet/promotion": {
    says: "{value} is no promotion status.",
    next: "use not-promoted, proposed or promoted, then cto packet lint",
    why: "The words are closed.",
  },
  "packet/owner": {
    says: "{value} cannot be the name of a principal.",
    next: "use lower-case letters, digits and hyphens, then cto packet lint",
    why: "The owner is looked up in allowed_signers by exactly this name.",
  },
  "packet/owner-disagrees": {
    says: "Here the owner is {found}; by the frontmatter it has to be {expected} here.",
    next: "name one owner everywhere, then cto packet lint",
    why: "Only one person approves; the packet must not leave open who.",
  },
  "packet/source-path": {
    says: "The source {value} is not the path of another file in this home.",
    next: "name the work-item list relative to the home, then cto packet lint",
    why: "A source outside the home, or the packet itself, explains nothing.",
  },
  "packet/source-missing": {
    says: "The source {value} is not in this home.",
    next: "write the work-item list, or go on without it",
    why: "The list says where the work item comes from; without it the packet alone does.",
  },
  "packet/dates": {
    says: "The date {value} {problem}.",
    next: "write created and last_reviewed as YYYY-MM-DD, in order and not after today, then cto packet lint",
    why: "A review that is still to come has not happened.",
  },
  "packet/stale-review": {
    says: "The last review was {days} days ago.",
    next: "read the packet again and set last_reviewed",
    why: "After 90 days a plan may no longer fit its target.",
  },
  "packet/heading-missing": {
    says: "The heading {heading} is missing.",
    next: "add the section, then cto packet lint",
    why: "A packet has one title and seven sections; a missing one would leave its rules open.",
  },
  "packet/heading-unknown": {
    says: "{heading} is no heading of a packet.",
    next: "remove the heading or make it a sentence, then cto packet lint",
    why: "Rules under a heading that nothing reads would look as if they held.",
  },
  "packet/heading-repeated": {
    says: "The heading {heading} already stands in line {line}.",
    next: "join the two sections, then cto packet lint",
    why: "Of two equal sections a reader may see only the harmless one.",
  },
  "packet/heading-order": {
    says: "The heading {heading} stands after {after}; it belongs before it.",
    next: "put the sections in order, then cto packet lint",
    why: "One order lets everybody find the same rule in the same place.",
  },
  "packet/banner": {
    says: "The line after the title is not the planning banner: {expected}",
    next: "put the banner there word for word, then cto packet lint",
    why: "Every local planning document says that it is no authority.",
  },
  "packet/notice": {
    says: "The Non-Authority Notice is not word for word, and alone: {expected}",
    next: "put the notice there word for word, then cto packet lint",
    why: "The notice is shown to the owner before every approval.",
  },
  "packet/markup": {
    says: "This line would be read as {what}.",
    next: "write it as a plain sentence or as an item that begins with a hyphen, then cto packet lint",
    why: "One line is one statement; what Markdown may hide or join is not accepted.",
  },
  "packet/indented": {
    says: "This line is indented.",
    next: "begin the line at column 1, then cto packet lint",
    why: "Indented lines continue or hide what stands above them.",
  },
  "packet/trailing-space": {
    says: "This line ends in a space.",
    next: "remove the space, then cto packet lint",
    why: "A space at the end cannot be seen, and it is approved byte for byte.",
  },
  "packet/fence": {
    says: "The fence {problem}.",
    next: "open it with three backticks and a word, close it with three backticks alone, then cto packet lint",
    why: "A fence that two readers end in different places hides what follows.",
  },
  "packet/line-missing": {
    says: "The section {section} lacks the line: {expected}",
    next: "add the line, then cto packet lint",
    why: "The fixed lines say what the lists beneath them mean.",
  },
  "packet/line-repeated": {
    says: "This line already stands in line {line}.",
    next: "remove one of the two, then cto packet lint",
    why: "Of two equal lines a reader may see only the harmless one.",
  },
  "packet/line-order": {
    says: "This line belongs before line {line}.",
    next: "put the lines in the order of the seed packet, then cto packet lint",
    why: "One order lets everybody find the same rule in the same place.",
  },
  "packet/label-unknown": {
    says: "{label} announces something that is not known in the section {section}.",
    next: "remove the line or make it a sentence, then cto packet lint",
    why: "A rule that nothing reads would look as if it held.",
  },
  "packet/item-unknown": {
    says: "{item} belongs to no list that is known in the section {section}.",
    next: "remove the item or move it to its list, then cto packet lint",
    why: "A rule that nothing reads would look as if it held.",
  },
  "packet/item-missing": {
    says: "The section {section} lacks the item {item}.",
    next: "add the item, then cto packet lint",
    why: "A contract needs each of these facts; none has a default.",
  },
  "packet/item-repeated": {
    says: "{item} already stands in line {line}.",
    next: "remove one of the two, then cto packet lint",
    why: "Of two entries for one thing, readers may believe different ones.",
  },
  "packet/item-form": {
    says: "{item} is not written as {form}.",
    next: "write the item in that form, then cto packet lint",
    why: "A value is read in one way or not at all.",
  },
  "packet/id": {
    says: "{value} is no work item id.",
    next: "write CTO-WORK- and at least three digits, then cto packet lint",
    why: "The approval sentence names the work item by exactly this id.",
  },
  "packet/id-taken": {
    says: "The work item {work} already has a packet: {other}.",
    next: "use a new id, or set the other packet to superseded",
    why: "An approval names the work item; two packets for one would leave open which was meant.",
  },
  "packet/target-path": {
    says: "The Target Repository {value} is not an absolute, normal path in plain characters.",
    next: "write the real path of the repository, then cto packet lint",
    why: "The owner's sentence names this path; it must have one spelling.",
  },
  "packet/admission-source": {
    says: "The admission source {value} is not called .sot/03-PROTOCOLS/CTO-NAME-ADMISSION.json, NAME in capitals and digits.",
    next: "name the admission record of the target, then cto packet lint",
    why: "The gate compares this record with the packet.",
  },
  "packet/admission-status": {
    says: "{value} is no admission status.",
    next: "use proposed, admitted, suspended or revoked, then cto packet lint",
    why: "The packet's claim is compared with the admission record.",
  },
  "packet/risk": {
    says: "{value} cannot be a risk class.",
    next: "use a class of policy.yaml in lower case with underscores, then cto packet lint",
    why: "The class decides how sure the approval must be.",
  },
  "packet/observed-state": {
    says: "The observed state is not written as: clean `BRANCH` branch before approval packet creation",
    next: "write it in that form, then cto packet lint",
    why: "A run starts from a clean, named branch and from nothing else.",
  },
  "packet/allowed-empty": {
    says: "No path is allowed.",
    next: "list at least one path, then cto packet lint",
    why: "A contract that allows no change cannot be fulfilled.",
  },
  "packet/path-absolute": {
    says: "{path} is absolute; paths are relative to the Target Repository.",
    next: "write the path from the root of the repository, then cto packet lint",
    why: "A contract never reaches outside its target.",
  },
  "packet/path-climbs": {
    says: "{path} climbs out of its folder with `..`.",
    next: "write the path without `..`, then cto packet lint",
    why: "A contract never reaches outside its target.",
  },
  "packet/path-not-allowed-form": {
    says: "{path} {problem}.",
    next: "write a file, a folder with a final /, or a pattern with * and ?, then cto packet lint",
    why: "A path must mean the same to the owner, the Harness and every file system.",
  },
  "packet/path-twin": {
    says: "{path} and {other} in line {line} are one name where case or form does not count.",
    next: "keep one of the two, then cto packet lint",
    why: "One of them could stand in for the other.",
  },
  "packet/allowed-is-forbidden": {
    says: "{path} is forbidden by line {line} ({rule}); forbidden wins.",
    next: "remove the path, then cto packet lint; the base forbidden paths cannot be narrowed by a packet",
    why: "An owner who allows a forbidden path expects something that cannot happen.",
  },
  "packet/action-unknown": {
    says: "{action} is no forbidden action that the Harness knows.",
    next: "use the ten known actions, then cto packet lint",
    why: "A prohibition that nothing proves would look as if it held.",
  },
  "packet/forbidden-action-removed": {
    says: "The forbidden action {action} is missing.",
    next: "add it to the list, then cto packet lint",
    why: "The ten actions stay forbidden in every contract.",
  },
  "packet/forbidden-path-removed": {
    says: "The base forbidden path {path} is missing.",
    next: "add it to the list, then cto packet lint",
    why: "The base forbidden paths stay forbidden in every contract; a packet may only add.",
  },
  "packet/criterion-empty": {
    says: "There is no success criterion.",
    next: "say in one item what must be true afterwards, then cto packet lint",
    why: "A result that nothing is compared with cannot be accepted.",
  },
  "packet/criterion-prose": {
    says: "Criterion {id} has no check that the Harness knows; the owner judges it at the outcome.",
    next: "bind a probe to it in the checks file beside the packet, or judge it yourself",
    why: "Nothing is inferred from the wording of a criterion.",
  },
  "packet/host-form": {
    says: "The host {host} {problem}.",
    next: "write each host as name:port in lower case, then cto packet lint",
    why: "A host is granted whole and exactly: no address, no wildcard, no name that means another host elsewhere.",
  },
  "packet/hosts-empty": {
    says: "The list of allowed network hosts names none.",
    next: "name a host, or take the line out, then cto packet lint",
    why: "A packet without the list grants no network; an empty one would say the same twice.",
  },
  "packet/validation": {
    says: "The validation command {problem}.",
    next: "put one command of plain words into one bash fence, then cto packet lint",
    why: "The command runs without a shell, so that no exit status can be masked.",
  },
  "packet/validation-shell": {
    says: "The validation command holds {codePoint}, which a shell would act on.",
    next: "use plain words only, or put the logic into a script of the target, then cto packet lint",
    why: "The command runs without a shell, so that no exit status can be masked.",
  },
  "packet/two-commands": {
    says: "There is a second validation command; the first stands in line {line}.",
    next: "keep one command, then cto packet lint",
    why: "Of two commands, the one that fails could be overlooked.",
  },
  "packet/rollback": {
    says: "The rollback is not exactly these items: {expected}",
    next: "write the items word for word, then cto packet lint",
    why: "The only way back is the revert of the one commit, and it publishes nothing.",
  },
  "packet/sentence": {
    says: "The approval sentence {problem}.",
    next: "put one plain sentence into one text fence, then cto packet lint",
    why: "The owner types this sentence; it must have one spelling.",
  },
  "packet/sentence-disagrees": {
    says: "The approval sentence does not read: {expected}",
    next: "name the work item and the target of this packet in it, then cto packet lint",
    why: "The owner's words must mean this contract and no other.",
  },
  "packet/two-sentences": {
    says: "There is a second approval sentence; the first stands in line {line}.",
    next: "keep one sentence, then cto packet lint",
    why: "The owner says one sentence; the packet must not leave open which.",
  },
  "packet/gate-backend": {
    says: "{name} is no backend.",
    next: "name Case, ACP, Command or Scripted, then cto packet lint",
    why: "The contract names the one backend that may run; there is no default.",
  },
  "packet/gate-stage": {
    says: "The stage {value} is not one digit from 0 to 5.",
    next: "set the stage in the gate section, then cto packet lint",
    why: "The stage says how much of the line a run may use.",
  },
  "packet/gate-variables": {
    says: "The four variables of the gate are not exactly these items; missing is: {expected}",
    next: "write the item word for word, then cto packet lint",
    why: "The gate opens for these variables and no other spelling.",
  },
  "packet/evidence-missing": {
    says: "The evidence list lacks {item}.",
    next: "add the item, then cto packet lint",
    why: "The eleven kinds of evidence are demanded of every run; a packet may only add.",
  },
} as const;
