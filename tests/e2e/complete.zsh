# Types a line and a tab into an interactive zsh and prints what it makes of it.
# Arguments: the script to source, the line.
zmodload zsh/zpty
zpty shell "zsh -f -i"
typed() { zpty -w -n shell "$1" }
# Reads until the pattern shows, for at most ten seconds.
heard=
until_shown() {
  local part
  heard=
  for ((i = 0; i < 500; i++)); do
    while zpty -r -t shell part; do heard+=$part; done
    [[ $heard == ${~1} ]] && return
    sleep 0.02
  done
}
typed 'PS1="READY> "; TERM=dumb; COLUMNS=300; LINES=50; stty -echo; autoload -Uz compinit; '
typed "compinit -u -D; unsetopt automenu; source $1; echo SOUR''CED"$'\n'
until_shown '*SOURCED*READY*'
typed "$2"$'\t'
sleep 0.2
typed $' #DONE'
until_shown '*\#DONE*'
print -r -- "${(V)heard}"
zpty -d shell
