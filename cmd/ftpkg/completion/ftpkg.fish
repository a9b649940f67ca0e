# fish completion for ftpkg. Load it with: ftpkg completion fish | source
function __ftpkg_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program __complete $words "$current" 2>/dev/null)
    if test (count $lines) -gt 0
        printf '%s\n' $lines
    else
        __fish_complete_path "$current"
    end
end
complete -c ftpkg -f -a '(__ftpkg_complete)'
