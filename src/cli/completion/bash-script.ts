/** Asks `cto` of the PATH, and no program that merely stands on the line. */
export const BASH_SCRIPT = `# bash completion of cto: source <(cto completion bash)
_cto_completion() {
  local rest=\${COMP_LINE:0:COMP_POINT} at=0 last=-1 cut= word blank paths line
  local words=()
  COMPREPLY=()
  # bash cuts words at = and : too: what follows without a blank belongs to the word before, and only the rest of it,
  # behind the last cut, is replaced.
  while [ "$at" -le "$COMP_CWORD" ]; do
    word=\${COMP_WORDS[at]}
    blank=\${rest%%[![:space:]]*}
    rest=\${rest#"$blank"}
    if [ "$at" -eq "$COMP_CWORD" ]; then word=$rest; fi
    rest=\${rest#"$word"}
    if [ "$last" -ge 0 ] && [ -z "$blank" ]; then
      cut=\${words[last]}
      words[last]=$cut$word
      case $word in *[!=:@]*) ;; *) cut=$cut$word ;; esac
    else
      last=$((last + 1)) cut=
      words[last]=$word
    fi
    at=$((at + 1))
  done
  {
    IFS= read -r paths
    while IFS= read -r line; do COMPREPLY+=("\${line#"$cut"}"); done
  } < <(command cto completion bash -- "\${words[@]:1}" 2>/dev/null </dev/null)
  if [ \${#COMPREPLY[@]} -eq 0 ]; then
    case $paths in
      files) compopt -o default ;;
      folders) compopt -o dirnames ;;
    esac
  fi
} 2>/dev/null
complete -F _cto_completion cto
`;
