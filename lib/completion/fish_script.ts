/** Completion for fish 3. */
export const FISH_SCRIPT = `# Completion of tram for fish: tram completion fish | source
function __tram_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l tram $words[1]
  set -e words[1]
  set -l lines ($tram __complete fish -- $words "$current" 2>/dev/null)
  if test "$lines[1]" != :files
    string join \\n -- $lines
  else if string match -qr -- '^--[^=]+=' "$current"
    set -l flag (string replace -r -- '=.*' '=' "$current")
    set -l path (string replace -r -- '^[^=]+=' '' "$current")
    string join \\n -- "$flag"(__fish_complete_path "$path")
  else
    __fish_complete_path "$current"
  end
end
complete -c tram -f -a '(__tram_complete)'
`;
