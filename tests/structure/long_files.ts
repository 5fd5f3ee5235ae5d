/** The rule about the length of a file. */

/** Lines of a file that needs no reason. */
const MAX_LINES = 300;

const REASON = /^[\s/*<!-]*Longer than 300 lines: \S/m;

/**
 * Files over {@linkcode MAX_LINES} lines whose head does not say why. The reason is a line of the
 * comment at the head that begins with `Longer than 300 lines: `.
 */
export function longFiles(
  files: Iterable<{ readonly path: string; readonly lines: number; readonly head: string }>,
): string[] {
  return [...files].filter(({ lines, head }) => lines > MAX_LINES && !REASON.test(head))
    .map(({ path, lines }) =>
      `${path} has ${lines} lines: split it where its story parts, or write "Longer than ` +
      `${MAX_LINES} lines: " and the reason into the comment at its head`
    );
}
