import { RUN_FOLDER_PREFIX } from "../guard/run_folder.ts";
import { shellWord } from "./shell_word.ts";

/**
 * What is to go: what has no guard any more, what one guard has left that is gone, one run whether it
 * has one or not, or all runs.
 */
export type CleanScope =
  | { readonly kind: "left" }
  | { readonly kind: "guard"; readonly guardId: string }
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "all" };

/** Time to end by itself, in fifths of a second. */
const GRACE_ROUNDS = 25;

/**
 * A script for `/bin/sh` that ends what runs have left on a machine, and looks again whether all is
 * gone. Of other users it touches nothing, also when root runs it. It prints a line for each thing:
 *
 *     process PID COMMAND    found, and asked to end
 *     folder PATH            found, and taken away
 *     running RUN-PID        a run that has its guard, PID, and stays
 *     left process PID COMMAND, left folder PATH    could not be ended or taken away
 *     blind                  this system does not show what belongs to a run
 *     done
 *
 * @param graceRounds time to end by itself, in fifths of a second
 */
export function cleanScript(scope: CleanScope, graceRounds = GRACE_ROUNDS): string {
  return `LC_ALL=C; export LC_ALL
kind=${scope.kind}
run=${shellWord(idOf(scope))}
prefix=${RUN_FOLDER_PREFIX}
rounds=${graceRounds}
${BODY}`;
}

function idOf(scope: CleanScope): string {
  return scope.kind === "run" ? scope.runId : scope.kind === "guard" ? scope.guardId : "";
}

// The marks are those of run_marks.ts: runs within runs have those of all, with colons between them.
const BODY = String.raw`
# Whether a number is that of a guard of ours.
is_guard() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ -O "/proc/$1" ] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q ' launch guard'
}
# Values of a variable in the environment of a process, one a line.
values() { tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | sed -n "s/^$2=//p" | tr ':' '\n'; }

# Whether one of these guards, RUN-PID each, still does its work.
is_led() {
  for guard in $1; do is_guard "$(expr "$guard" : '.*-\([0-9]*\)$')" && return 0; done
  return 1
}
# Numbers of our own processes that belong to what is to go.
marked() {
  for file in $(grep -lsE '(^|[^A-Z_])TRAM_(RUN_ID|GUARD)=' /proc/[0-9]*/environ 2>/dev/null); do
    pid=$(expr "$file" : '/proc/\([0-9]*\)/')
    [ -O "/proc/$pid" ] || continue
    case $kind in
      run) values "$pid" TRAM_RUN_ID | grep -qxF -e "$run" && echo "$pid" ;;
      guard) values "$pid" TRAM_GUARD | grep -qxF -e "$run" && echo "$pid" ;;
      left) is_led "$(values "$pid" TRAM_GUARD)" || echo "$pid" ;;
      all) echo "$pid" ;;
    esac
  done
  for folder in $(folders); do
    pid=$(expr "$folder" : '.*-\([0-9]*\)$')
    is_guard "$pid" && echo "$pid"
  done
}
# Folders of all runs; no links, and nobody else's.
all_folders() {
  for parent in "$XDG_RUNTIME_DIR" "/run/user/$(id -u)" "$TMPDIR" "$TEMP" /tmp; do
    case $parent in '' | *[!A-Za-z0-9_./-]*) continue ;; esac
    for folder in "$parent/$prefix"*; do
      [ -d "$folder" ] && [ ! -L "$folder" ] && [ -O "$folder" ] || continue
      case $folder in *[!A-Za-z0-9_./-]*) ;; *) echo "$folder" ;; esac
    done
  done | sort -u
}
# Those that are to go.
folders() {
  for folder in $(all_folders); do
    id=$(expr "$folder" : ".*/$prefix\(.*\)")
    case $kind in
      run) [ "$id" = "$run" ] || [ "$(expr "$id" : '\(.*\)-[0-9]*$')" = "$run" ] || continue ;;
      guard) [ "$id" = "$run" ] || continue ;;
      left) is_led "$id" && continue ;;
    esac
    echo "$folder"
  done
}
# Those of what is to go that have not ended. We ourselves are not among them.
live() {
  for pid in $(marked | sort -un); do
    [ "$pid" = $$ ] && continue
    case $(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null) in '' | Z | X) ;; *) echo "$pid" ;; esac
  done
}
say() {
  for pid in $2; do
    printf '%s %s %s\n' "$1" "$pid" "$(tr '\0\n' '  ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c 1-200)"
  done
}

if [ $kind = guard ] && is_led "$run"; then # it does this itself
  echo done
  exit 0
fi
[ -r /proc/self/environ ] || echo blind
found=$(live)
say process "$found"
[ -z "$found" ] || kill -TERM $found 2>/dev/null
round=0
while left=$(live); [ -n "$left" ] && [ $round -lt $rounds ]; do
  round=$((round + 1))
  sleep 0.2 2>/dev/null || sleep 1
done
# Without a pause, so that what forks quickly does not get away.
round=0
while left=$(live); [ -n "$left" ] && [ $round -lt 100 ]; do
  round=$((round + 1))
  kill -STOP $left 2>/dev/null
  kill -KILL $left 2>/dev/null
done
for folder in $(folders); do
  printf 'folder %s\n' "$folder"
  rm -rf "$folder" 2>/dev/null
done
say 'left process' "$left"
for folder in $(folders); do printf 'left folder %s\n' "$folder"; done
if [ $kind = left ]; then
  for folder in $(all_folders); do printf 'running %s\n' "$(expr "$folder" : ".*/$prefix\(.*\)")"; done
fi
echo done
`;
