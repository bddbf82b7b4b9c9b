import { CANARY } from "./sandbox-fixture.ts";

/** One thing that a hostile process inside tries, in bash with perl for system calls. */
export interface Attack {
  readonly name: string;
  /** Prints `ESCAPED what` for every effect it reached. */
  readonly script: string;
  /** Lines that must be there as well: what has to work, or the exact answer of the kernel. */
  readonly wants: readonly string[];
  readonly control: AttackControl;
}

/**
 * How it is known that nothing else but the sandbox stops it: without one it escapes, or is answered otherwise. One that
 * an ordinary user cannot do anyway says why it is without teeth there.
 */
type AttackControl = "escapes" | "other-answer" | { readonly without: string };

const PRELUDE = `escaped() { echo "ESCAPED $*"; }
leaks() { grep -qs -a ${CANARY.slice(0, -1)}- "$@" && escaped "read $*"; return 0; }
by_number() { perl -e 'my @a = map { /^-?[0-9]+$/ ? $_+0 : $_ } @ARGV; my $r = syscall(shift @a, @a); print $r == -1 ? $!+0 : "done"' "$@"; }
errno_of() { "$@" 2>&1 >/dev/null | sed 's/.*: //'; }
`;

export const attack = (name: string, script: string, ...wants: readonly string[]): Attack => ({
  name,
  script: `${PRELUDE}${script}\necho over`,
  wants: [...wants, "over"],
  control: "escapes",
});

/** What shows in the control is another answer of the kernel, and no effect that the script itself could name. */
export const answered = (one: Attack): Attack => ({ ...one, control: "other-answer" });

export const toothless = (without: string, one: Attack): Attack => ({ ...one, control: { without } });
