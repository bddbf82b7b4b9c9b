/** Refusals of the look at the target (git.md 4 and 14): see `RefusalWords` in refusal.ts for what each text is. */
export const preflightRefusals = {
  "admission/target-absent": {
    says: "There is nothing at {path}.",
    next: "put the repository at {path}, clean and on the branch of its admission",
    why: "An approval names one repository at one place; without it there is nothing to work on.",
  },
  "admission/not-a-repository": {
    says: "{path} is not the root of a git work tree: {found}.",
    next: "name the root of the work tree; git init makes one",
    why: "An approval is bound to a commit, and only the root of a work tree has one for everything below it.",
  },
  "admission/not-the-repository": {
    says: "{path} is not the repository itself: {found}.",
    next: "name the real path, without symbolic links; cto target admit PATH, if the owner replaced the repository",
    why: "Whoever can turn a link can put another repository in the place of the admitted one.",
  },
  "admission/bare": {
    says: "The repository has no work tree: {found}.",
    next: "clone it with a work tree and admit the clone; where a work tree is there: git config core.bare false",
    why: "Without a work tree, ending clean has no meaning.",
  },
  "admission/linked-worktree": {
    says: "Work tree and git directory are not one repository: {found}.",
    next: "git worktree remove the linked ones, or admit a plain clone",
    why: "Refs and configuration of a linked work tree live elsewhere and can change there.",
  },
  "admission/submodule": {
    says: "The repository holds or is a submodule: {found}.",
    next: "git submodule deinit and git rm it, remove .git/modules, or admit a repository without submodules",
    why: "One commit could not describe the change.",
  },
  "admission/alternates": {
    says: "Objects are borrowed from elsewhere: {found}.",
    next: "git repack -a -d, then remove {found}",
    why: "The object database is not the repository's own.",
  },
  "admission/shallow": {
    says: "The history is cut off: {found}.",
    next: "git fetch --unshallow",
    why: "Without its root commits the repository cannot be told from another.",
  },
  "admission/partial-clone": {
    says: "Objects are fetched only when asked for: {found}.",
    next: "admit a full clone: git clone without --filter",
    why: "The object database is not complete.",
  },
  "admission/sparse": {
    says: "Only a part of the tree is checked out: {found}.",
    next: "git sparse-checkout disable, then remove .git/info/sparse-checkout",
    why: "What is not on disk cannot be compared.",
  },
  "admission/replace-refs": {
    says: "{count} objects are replaced by others, the first one by {found}.",
    next: "git replace -d the objects that git replace -l lists",
    why: "Git would show other content than the commit has.",
  },
  "admission/grafts": {
    says: "History is rewritten by a graft: {found}.",
    next: "remove {found}",
    why: "The object database would tell of other parents than the commits do.",
  },
  "admission/object-format": {
    says: "The repository does not use SHA-1 object ids: {found}.",
    next: "admit a repository made with git init --object-format=sha1",
    why: "Ids of another length are not covered by the offline checks.",
  },
  "admission/extension": {
    says: "The repository uses an extension of git: {found}.",
    next: "admit a plain clone, made by git clone without extensions",
    why: "An extension changes what the files of the git directory mean.",
  },
  "admission/config-unreadable": {
    says: "The configuration of the repository cannot be read: {found}.",
    next: "git config --file .git/config --list shows the place; correct it",
    why: "What cannot be read cannot be shown to be harmless.",
  },
  "admission/config-include": {
    says: "Line {line} of .git/config reads another file: {key}.",
    next: "git config --file .git/config --unset-all '{key}'",
    why: "Configuration outside the repository would decide what the owner's git runs, and could change unseen.",
  },
  "admission/config-worktree": {
    says: "Configuration leads elsewhere: {found}.",
    next: "git config --unset-all core.worktree, git config --unset-all extensions.worktreeConfig, remove .git/config.worktree",
    why: "Git would look at another work tree, or obey a configuration that is not the repository's own.",
  },
  "admission/split-index": {
    says: "The index is kept in two files: {found}.",
    next: "git update-index --no-split-index, then remove core.splitIndex and .git/sharedindex.*",
    why: "A copy of the index must tell the whole truth.",
  },
  "admission/index-unreadable": {
    says: "The index cannot be read: {found}.",
    next: "git status says what is wrong; git read-tree HEAD makes the index anew",
    why: "What is staged must be known before anything is committed beside it.",
  },
  "admission/index-flag": {
    says: "{count} paths are hidden from git status by a flag of the index, the first one is {found}.",
    next: "git update-index --no-assume-unchanged --no-skip-worktree -- PATH for each path that git ls-files -v does not mark H",
    why: "A change of such a path would not be seen.",
  },
  "admission/filter": {
    says: "Line {line} of {path} sets the attribute {attribute}.",
    next: "remove it from {path}, and commit the files as they are on disk",
    why: "Bytes on disk would not be the bytes committed, and filters run programs. Git LFS is such a filter.",
  },
  "admission/locked": {
    says: "Another program works in the repository: {found}.",
    next: "let it end; if none runs, remove {found}",
    why: "Two writers at once could undo each other's work.",
  },
  "admission/operation-in-progress": {
    says: "An operation is not finished: {found}.",
    next: "git status names it; finish or abort it",
    why: "A half done merge or rebase would become part of the change.",
  },
  "admission/detached": {
    says: "HEAD does not stand on a branch: {found}.",
    next: "git switch the branch of the admission",
    why: "The one commit is made on the admitted branch.",
  },
  "admission/no-commit": {
    says: "The branch {branch} has no commit.",
    next: "git commit a first state",
    why: "An approval is bound to a commit.",
  },
  "admission/dirty": {
    says: "{count} paths are not as committed: {paths}.",
    next: "git status; commit, remove or ignore them by a committed .gitignore",
    why: "Only what differs from the approved commit may be the work of the agent.",
  },
  "admission/foreign-owner": {
    says: "{path} belongs to user {owner}, cto runs as user {uid}.",
    next: "give the command as the owner of the repository",
    why: "A stranger could swap bytes during the run.",
  },
  "admission/world-writable": {
    says: "{count} entries can be written by every user, the first one is {path}.",
    next: "chmod -R o-w the repository",
    why: "A stranger could swap bytes during the run.",
  },
  "admission/special-file": {
    says: "{path} in the git directory is no plain file and no folder.",
    next: "remove {path}",
    why: "Git would wait on it, or talk to whatever stands behind it.",
  },
  "admission/object-damaged": {
    says: "Object {object} cannot be used: {found}.",
    next: "git fsck --strict; fetch the repository anew",
    why: "The approved commit must be readable, complete and of the content that its id says.",
  },
  "admission/limit": {
    says: "The repository is larger than can be compared: {limit}, met at {path}.",
    next: "remove or move what stands at {path}; cto explain admission/limit",
    why: "Every entry is compared. A part that is left out would be a place to hide a change.",
  },
} as const;
