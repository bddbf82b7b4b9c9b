/** What each member of an admission record says. */
export const ADMISSION_WORDS: Readonly<Record<string, string>> = {
  schema: "The form of the record.",
  id: "The target's name in this home.",
  status: "Only admitted lets a run begin.",
  path: "The repository's folder, absolute, in its shortest form.",
  device:
    "The number of the device on which that folder lies: another folder under the same path is another repository.",
  inode: "The folder's number on that device.",
  rootCommits: "Every commit without a parent that the branch leads to: the repository's identity.",
  branch: "The branch that runs start from and commit to.",
  owner: "Who may approve work on it.",
  riskClassification: "A risk class of policy.yaml.",
  stages: "The stages at which a backend may work on it.",
  backends: "The backend kinds that may work on it.",
  admittedAt: "From when it counts, RFC 3339 in UTC.",
  expiresAt: "Until when it counts.",
  reason: "Why it has its status; empty where nobody had to say.",
};
