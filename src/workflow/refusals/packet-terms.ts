/** Refusals of what a packet says, where its form holds: see `RefusalWords` in refusal.ts for what each text is. */
export const packetTermRefusals = {
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
  "packet/path-absent": {
    says: "{path} is not in the target: {found}.",
    next: "correct the path, or write new `{path}` in the task or in a criterion, then cto packet lint",
    why: "A mistyped path allows nothing that the task needs; a file that is to be made is announced as new.",
  },
  "packet/path-through-link": {
    says: "{path} leads through {link}, which is a {kind} in the target.",
    next: "name plain files and folders of the target, then cto packet lint",
    why: "What a link leads to is not what its path says; a change there would be refused.",
  },
  "packet/target-disagrees": {
    says: "The admission record {record} is of {found}, not of {target}.",
    next: "name the target's own admission record, or the target that this one admits, then cto packet lint",
    why: "The gate refuses a packet whose admission is of another repository.",
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
    next: "judge it yourself at the outcome; a probe in the checks file beside the packet gives you a fact for it",
    why: "Nothing is inferred from the wording of a criterion, and a probe runs the change's own code: it proves nothing alone.",
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
