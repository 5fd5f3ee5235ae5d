/**
 * Completion for bash 3.2 and later. readline breaks words at `=` (COMP_WORDBREAKS), so the script
 * puts them together again, and takes from each proposal what readline holds for an earlier word.
 */
export const BASH_SCRIPT = `# Completion of tram for bash: source <(tram completion bash)
_tram() {
  local tram=$1 current=$2 words glue=0 at word last head line
  words=()
  case $tram in '~/'*) tram=$HOME/\${tram:2} ;; esac
  for ((at = 1; at <= COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    last=$((\${#words[@]} - 1))
    if [[ $word == = && $last -ge 0 && \${words[last]} == --* ]]; then
      words[last]+==
      glue=1
    elif [[ $glue == 1 ]]; then
      words[last]+=$word
      glue=0
    else
      words+=("$word")
    fi
  done
  last=$((\${#words[@]} - 1))
  ((last >= 0)) || return
  head=\${words[last]%"$current"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      # readline knows best how to quote the names of files.
      compopt -o default 2>/dev/null && return
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      return
    fi
    COMPREPLY+=("\${line#"$head"}")
  done < <("$tram" __complete bash -- "\${words[@]}" 2>/dev/null)
}
complete -F _tram tram
`;
