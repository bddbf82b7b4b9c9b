/**
 * A word of a state as a line has room for it: of a whole commit or digest its first twelve digits, of a moment no
 * seconds. The whole word stands behind it.
 */
export const shortWord = (word: string): string =>
  word
    .replaceAll(/\b([0-9a-f]{12})(?:[0-9a-f]{28}|[0-9a-f]{52})\b/g, "$1")
    .replaceAll(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z(?!\w)/g, "$1 $2 UTC");

/** What a state is called where only its name is known: `voided(no-change)` is "voided: no change". */
export const stateName = (state: string): string => state.replace(/\((.+)\)$/, ": $1").replaceAll(/[_-]/g, " ");
