import { shellWord } from "./shell_word.ts";

/** What is to be in place. */
export interface Placed {
  /** SHA-256 of the executable, in hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Digits of the hash that name the folder. */
const ID_DIGITS = 16;

/** How many versions stay, the newest among them. */
const KEPT_VERSIONS = 3;

/**
 * A script for `/bin/sh` that puts an executable in its place, and runs it. It stands in
 * `${XDG_CACHE_HOME:-$HOME/.cache}/tram/HASH/tram`, for its owner only.
 *
 * It begins with `hello OS MACHINE have|need PATH` on its output and then does what its input says,
 * line by line, answering each with a line:
 *
 *     check   have | need
 *     take    and all bytes of it:  stored     it is written beside its place, looked at, and moved
 *     try     works                 it runs at all
 *     run ARGUMENTS                 becomes it; what follows is its own input and output
 *     end                           ends
 *
 * What cannot be done is said by `failed WHAT TEXT`, and the script ends.
 */
export function placeScript({ sha256, sizeBytes }: Placed): string {
  return `locale=\${LC_ALL-}
mask=$(umask)
LC_ALL=C; export LC_ALL
umask 077
hash=${shellWord(sha256)}
size=${sizeBytes}
id=${shellWord(sha256.slice(0, ID_DIGITS))}
kept=${KEPT_VERSIONS}
${BODY}`;
}

const BODY = String.raw`
case $XDG_CACHE_HOME in /*) base=$XDG_CACHE_HOME/tram ;; *) base=$HOME/.cache/tram ;; esac
place=$base/$id
temp=

# Says what failed, with the first line of a reason, and ends.
fail() {
  [ -z "$temp" ] || rm -f "$temp"
  printf 'failed %s %s\n' "$1" "$(printf '%s\n' "$2" | head -n 1 | cut -c 1-300)"
  exit 1
}
trap '[ -z "$temp" ] || rm -f "$temp"; exit 1' HUP INT TERM

# Whether it is there, whole and our own. Few programs are started: on a busy machine each costs.
have() {
  [ -f "$place/tram" ] && [ -x "$place/tram" ] && [ -O "$place/tram" ] &&
    [ $(($(wc -c <"$place/tram"))) -eq "$size" ]
}
answer() { if have; then touch "$place"; state=have; else state=need; fi; }

# The SHA-256 of a file, by the quickest program that there is; without any, by the file itself.
sum() {
  for tool in 'openssl dgst -sha256 -r' sha256sum 'shasum -a 256' 'sha256 -q'; do
    got=$($tool <"$1" 2>/dev/null)
    got=${"$"}{got%% *}
    case $got in *[!0-9a-f]*) continue ;; esac
    [ ${"$"}{#got} -eq 64 ] && return
  done
  got=$("$1" launch checksum 2>&1 </dev/null)
}

# The executable. Where dd can, it takes larger pieces than head: half the processor time.
receive() {
  left=$size
  if dd if=/dev/null iflag=fullblock status=none 2>/dev/null; then
    dd bs=1048576 count=$((size / 1048576)) iflag=fullblock status=none || return
    left=$((size % 1048576))
  fi
  head -c "$left"
}

take() {
  why=$(mkdir -p "$place" 2>&1) || fail write "$why"
  why=$(chmod 700 "$base" "$place" 2>&1) || fail write "$why"
  temp=$place/.new.$$
  why=$({ receive >"$temp"; } 2>&1) || fail write "$why"
  got=$(($(wc -c <"$temp")))
  [ "$got" -eq "$size" ] || fail cut "$got bytes arrived"
  why=$(chmod 700 "$temp" 2>&1) || fail write "$why"
  sum "$temp"
  [ "$got" = "$hash" ] || fail verify "$got"
  why=$(mv -f "$temp" "$place/tram" 2>&1) || fail write "$why"
  temp=
  prune
  echo stored
}

# Keeps the newest versions, and those that run; takes away what was cut short a day ago.
prune() {
  for old in "$base"/*/.new.*; do
    [ -e "$old" ] && find "$old" -mtime +0 -exec rm -f {} + 2>/dev/null
  done
  set -- "$base"/*/
  [ $# -gt "$kept" ] || return 0
  touch "$place"
  ls -1t "$base" | grep -x '[0-9a-f]\{16\}' | tail -n "+$((kept + 1))" | while read -r old; do
    [ "$old" = "$id" ] && continue
    ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF "$base/$old/" && continue
    rm -rf "$base/$old"
  done
}

[ -n "$HOME$XDG_CACHE_HOME" ] || fail write 'HOME is not set'
answer
printf 'hello %s %s %s\n' "$(uname -sm)" "$state" "$place"
while read -r verb rest; do
  case $verb in
    check) answer; echo "$state" ;;
    take) take ;;
    try)
      why=$("$place/tram" --version 2>&1 </dev/null) || fail run "$why"
      echo works ;;
    run)
      # What it starts has the language and the rights that are usual there.
      umask "$mask"
      if [ -n "$locale" ]; then LC_ALL=$locale; else unset LC_ALL; fi
      eval "exec \"\$place/tram\" $rest"
      ;;
    end) exit 0 ;;
    *) fail ask "$verb" ;;
  esac
done
`;
