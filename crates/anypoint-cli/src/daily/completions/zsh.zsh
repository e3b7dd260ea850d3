#compdef anypoint
_anypoint() {
    local line
    local -a found
    for line in "${(@f)$(anypoint complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    (( $#found )) && _describe anypoint found || _files
}
compdef _anypoint anypoint
