import { shellWord } from "./shell_word.ts";

/**
 * A script for `/bin/sh` that runs a command, and ends it when its own input ends: when whoever asked
 * for it is gone, or does not want it any more. The command gets no input of its own.
 *
 * One word is a command line for `sh`; several are a program and its arguments, as they are.
 *
 * @param mark is written to standard error, last, when the command itself ended with 255, which is
 * what ssh ends with when it loses its connection
 */
export function execScript(words: readonly string[], mark: string): string {
  const [only = ""] = words;
  const command = words.length === 1
    ? `exec /bin/sh -c ${shellWord(only)}`
    : `set -- ${words.map(shellWord).join(" ")}; exec "$@"`;
  // The session is a group of its own, over there by sshd: all of it is meant by 0.
  return `exec 3<&0
{ cat; trap '' TERM; kill -TERM 0; sleep 5; kill -KILL 0; } <&3 >/dev/null 2>&1 &
watcher=$!
( ${command}
) </dev/null 3<&-
code=$?
kill -KILL $watcher 2>/dev/null
[ $code -ne 255 ] || printf '%s\\n' ${mark} >&2
exit $code`;
}
