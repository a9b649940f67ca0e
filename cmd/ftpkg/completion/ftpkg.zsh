#compdef ftpkg
# zsh completion for ftpkg. Load it with: source <(ftpkg completion zsh)
_ftpkg() {
    local line
    local -a described
    while IFS= read -r line; do
        described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#described )); then
        _describe -V ftpkg described
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == _ftpkg ]]; then
    _ftpkg "$@"
else
    compdef _ftpkg ftpkg
fi
