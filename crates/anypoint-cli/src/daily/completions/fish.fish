function __anypoint
    set -l words (commandline -opc) (commandline -ct)
    anypoint complete -- $words[2..-1] 2>/dev/null
end
complete -c anypoint -a '(__anypoint)'
