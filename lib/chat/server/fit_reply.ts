import type { Reply } from "../messages.ts";

/** Most letters of a reply; a letter may take three bytes, and a frame has a megabyte. */
const MAX_LETTERS = 250_000;

/** A reply that fits a frame: of one that does not, the data and the last lines are left out. */
export function fitReply(reply: Reply): Reply {
  if (JSON.stringify(reply).length <= MAX_LETTERS) return reply;
  const { command, isDone, lines } = reply;
  const kept: string[] = [];
  let letters = 0;
  for (const line of lines) {
    letters += JSON.stringify(line).length + 1;
    if (letters > MAX_LETTERS - 1000) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return { command, isDone, lines: left === 0 ? kept : [...kept, `(${left} more lines left out)`] };
}
