/** Completion for zsh 5. It works as a file \`_tram\` in \`fpath\` and when it is sourced. */
export const ZSH_SCRIPT = `#compdef tram
# Completion of tram for zsh: source <(tram completion zsh)
_tram() {
  local -a lines proposals
  local line tab=$'\\t'
  local tram=\${(Q)words[1]}
  lines=("\${(@f)$("\${tram/#\\~\\//$HOME/}" __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in $lines; do
    [[ -n $line ]] || continue
    # A colon parts the proposal from what it is for.
    proposals+=("\${\${line%%$tab*}//:/\\\\:}:\${line#*$tab}")
  done
  _describe -V tram proposals
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tram "$@"
else
  compdef _tram tram
fi
`;
