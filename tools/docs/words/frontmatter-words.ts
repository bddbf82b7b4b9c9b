/** What each key of a packet's frontmatter says. */
export const FRONTMATTER_WORDS: Readonly<Record<string, string>> = {
  name: "The file's name in small letters, without .md.",
  tier: "Always local: a packet is a planning document of its home.",
  status: "Where the document stands; it is also written out in the packet's Status section, and both agree.",
  owner: "Whose yes the contract asks for, as allowed_signers names them.",
  source: "The document that the packet comes from, relative to the home.",
  created: "The day on which it was written, YYYY-MM-DD.",
  last_reviewed: "The day on which somebody last read all of it; more than 90 days ago is a warning.",
  lifecycle_classification: "Always planning.",
  core_promotion_status: "What was decided elsewhere about its promotion. No command of ours writes it.",
  description: "One line that says what the packet is about.",
};
