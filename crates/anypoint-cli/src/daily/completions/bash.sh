_anypoint() {
    local IFS=$'\n' words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=($(anypoint complete -- "${words[@]}" 2>/dev/null | cut -f1))
}
complete -o default -F _anypoint anypoint
