import { BASH_SCRIPT } from "./bash-script.ts";
import { FISH_SCRIPT } from "./fish-script.ts";
import type { Proposals } from "./propose.ts";
import { bashQuoted, bashWord } from "./quoting.ts";
import { ZSH_SCRIPT } from "./zsh-script.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface ShellForm {
  readonly script: string;
  /** A word as that shell's script hands it over, as the shell itself would read it. */
  readonly word: (given: string) => string;
  /** What the script reads: whether paths may stand there, then a name on each line. */
  readonly lines: (proposals: Proposals) => readonly string[];
}

const described = ({ names, paths }: Proposals): readonly string[] => [
  paths,
  ...names.map(({ name, says }) => (says === "" ? name : `${name}\t${says}`)),
];

/** bash puts a reply into the line as it is, so it is quoted for it; zsh and fish quote what they insert. */
export const SHELL_FORMS: Readonly<Record<Shell, ShellForm>> = {
  bash: {
    script: BASH_SCRIPT,
    word: bashWord,
    lines: ({ names, paths }) => [paths, ...names.map(({ name }) => bashQuoted(name))],
  },
  zsh: { script: ZSH_SCRIPT, word: (given) => given, lines: described },
  fish: { script: FISH_SCRIPT, word: (given) => given, lines: described },
};
