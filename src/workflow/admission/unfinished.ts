/** Whether a name in a git directory is one that git leaves there while a merge, a rebase or the like is under way. */
export const isUnfinished = (path: string): boolean =>
  /^(?:MERGE_HEAD|CHERRY_PICK_HEAD|REVERT_HEAD|REBASE_HEAD|BISECT_LOG|BISECT_START|sequencer|rebase-[^/]*)$/s.test(
    path,
  );

/** Whether a name in a git directory is a lock: somebody writes there, or died while he did. Hooks may be named so. */
export const isLock = (path: string): boolean => path.endsWith(".lock") && !path.startsWith("hooks/");
