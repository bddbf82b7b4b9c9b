/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const contractRefusals = {
  "contract/packet-not-validated": {
    says: "The packet is {status}; only a validated packet yields a contract.",
    next: "let its author set status: validated in frontmatter and Status section, then cto packet lint",
    why: "A draft is still being written, and a superseded or retired packet has ended.",
  },
  "contract/checks-unreadable": {
    says: "The checks file {path} cannot be used: {says}.",
    next: "mend the file beside the packet, or remove it, then cto gate WORK-ID",
    why: "A probe that is not understood would be a criterion that nobody checks.",
  },
  "contract/work-id": {
    says: "{value} is no work item id.",
    next: "write CTO-WORK- and at least three digits in the work-item list",
    why: "A work item that cannot be named cannot be approved.",
  },
  "contract/work-untitled": {
    says: "The work item {work} has no title.",
    next: "write what the work is behind the id in the work-item list",
    why: "A list of bare numbers tells its reader nothing.",
  },
  "contract/work-repeated": {
    says: "The work item {work} is already listed in line {line}.",
    next: "give the second one an id that was never used",
    why: "An id is unique in the home and never used again.",
  },
  "contract/packet-absent": {
    says: "No packet of this home proposes {work}.",
    next: "cto packet list shows the packets; cto packet lint shows those that cannot be read",
    why: "A run follows one written packet, or there is no run.",
  },
  "contract/work-not-listed": {
    says: "The list {list}, which this packet comes from, does not list {work}.",
    next: "cto sot write, or write a line for it there by hand: - {work}: {title}",
    why: "Work items come from the list that a packet names; one that it does not list came from elsewhere.",
  },
  "contract/no-browser": {
    says: "No browser was opened: {problem}. The page is {page}.",
    next: "open that file in a browser of yours, or cto packet preview {packet}",
    why: "A page is handed to the desktop of whoever asks for it, by xdg-open and in no other way.",
  },
  "contract/list-behind": {
    says: "{list} is not as the packets have it: {works}.",
    next: "cto sot write",
    why: "A list that says less than the packets, or calls their work by an older title, misleads its reader.",
  },
  "contract/list-form": {
    says: "{list} cannot be kept in step: {problem}.",
    next: "mend that by hand, then cto sot write",
    why: "Only between its own two lines does a program write in a list; all else in it belongs to people.",
  },
  "contract/work-listed-elsewhere": {
    says: "{work} is listed in {other}, but its packet comes from {list}.",
    next: "name the first as the source of the packet, or take its line out there; then cto sot write",
    why: "An id is unique in the home: two lists that both name it could call it two things.",
  },
  "contract/source-cycle": {
    says: "The source {value} leads back to this document.",
    next: "name the document that it really comes from, then cto sot lint",
    why: "Whoever follows where a task comes from has to come to a beginning.",
  },
  "contract/work-claimed-twice": {
    says: "{work} is proposed by two packets: {first} and {second}.",
    next: "give one of them another id, or take it out of the home",
    why: "An approval names a work item, so the work item must name one contract.",
  },
} as const;
