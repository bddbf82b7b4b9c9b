/** For `~/.config/fish/completions/cto.fish`, or to be sourced. */
export const FISH_SCRIPT = `# fish completion of cto: cto completion fish | source
function __cto_propose
    set -l given (commandline -opc)
    set -e given[1]
    set -l typed (commandline -ct)
    set -l lines (command cto completion fish -- $given "$typed" 2>/dev/null </dev/null)
    set -l paths $lines[1]
    set -e lines[1]
    for line in $lines
        printf '%s\\n' $line
    end
    switch "$paths"
        case files
            __fish_complete_path "$typed"
        case folders
            __fish_complete_directories "$typed"
    end
end
complete -c cto -f -a '(__cto_propose)'
`;
