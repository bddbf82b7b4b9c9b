/** For a folder of $fpath as `_cto`, or to be sourced after compinit. */
export const ZSH_SCRIPT = `#compdef cto
# zsh completion of cto: source <(cto completion zsh), or as _cto in a folder of $fpath
_cto() {
  local -a given names shown
  local paths name says
  given=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  {
    IFS= read -r paths
    while IFS=$'\\t' read -r name says; do
      names+=("$name")
      shown+=("$name\${says:+  -- $says}")
    done
  } < <(command cto completion zsh -- "\${given[@]}" 2>/dev/null </dev/null)
  local -i found=1
  if (( \${#names} > 0 )); then compadd -l -d shown -a names && found=0; fi
  case $paths in
    files) _files && found=0 ;;
    folders) _files -/ && found=0 ;;
  esac
  return found
}
if [[ $funcstack[1] == _cto ]]; then _cto "$@"; else compdef _cto cto; fi
`;
