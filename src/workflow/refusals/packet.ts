/** Refusals of the form of a packet: see `RefusalWords` in refusal.ts for what each text is. */
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
    next: "cto sot write makes the work-item list that is named, or go on without it",
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
} as const;
