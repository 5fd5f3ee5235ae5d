/**
 * Text as words of shells. What ssh runs on the far side goes through the shell of whoever logs in,
 * which may be any: there only what all of them read alike is used.
 */

/** `text` as one word of a POSIX shell, whatever is in it. @throws {TypeError} for a NUL */
export function shellWord(text: string): string {
  if (text.includes("\0")) throw new TypeError("Cannot hand a NUL to a shell: it ends a word");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What stays as it is within quotes of all shells: no quote, backslash, `!`, `%` or line feed. */
const PLAIN = /^[A-Za-z0-9 _@+=:,./;(){}[\]|&<>"$*?#~^-]$/;

/**
 * A command line that runs `script` by `/bin/sh`, whichever shell reads it: sh, bash, zsh, fish, csh.
 * They disagree on what stands within single quotes: csh takes `!` and line feeds for its own, fish
 * two backslashes. So those and all the like stand as octal numbers, which `printf` turns back.
 * Standard input is left to the script.
 *
 * @throws {TypeError} for a NUL
 */
export function anyShellCommand(script: string): string {
  if (script.includes("\0")) throw new TypeError("Cannot hand a NUL to a shell: it ends a word");
  const encoder = new TextEncoder();
  const encoded = Array.from(script, (character) => {
    if (PLAIN.test(character)) return character;
    return Array.from(encoder.encode(character), (byte) => {
      return `\\0${byte.toString(8).padStart(3, "0")}`;
    }).join("");
  }).join("");
  return `exec /bin/sh -c 'eval "$(printf %b "$0")"' '${encoded}'`;
}
