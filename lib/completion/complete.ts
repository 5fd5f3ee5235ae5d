import type { Program } from "../config/command.ts";
import { ExitCode } from "../config/exit_code.ts";
import { nextWords } from "../config/help_command.ts";
import type { TramContext } from "../context.ts";
import { safeText } from "../terminal/safe_text.ts";
import { type Proposals, propose } from "./propose.ts";

/** The line that tells a script to complete names of files. No proposal begins with a colon. */
const FILES_LINE = ":files";

/** What may stand in place of the last of `words`; behind `help`, the words that name commands. */
async function proposals(
  program: Program,
  context: TramContext,
  words: readonly string[],
): Promise<Proposals> {
  const partial = words.at(-1) ?? "";
  const isTopic = words[0] === "help" && words.length > 1 && !partial.startsWith("-");
  if (!isTopic) return await propose(program, context, words);
  return nextWords(program, words.slice(1, -1)).filter((word) => word.startsWith(partial)).map((
    text,
  ) => ({ text, brief: "" }));
}

/**
 * The body of `tram __complete`: prints one proposal a line, for zsh and fish with a tab and what it
 * is for. It never prints an error, since that would land in the middle of somebody's line.
 */
export async function complete(
  context: TramContext,
  { shell, words }: { readonly shell: string; readonly words: readonly string[] },
  program: Program,
): Promise<ExitCode> {
  const { stdout } = context.process;
  try {
    const found = await proposals(program, context, words);
    if (found === "files") stdout.write(`${FILES_LINE}\n`);
    else {
      const lines = found.map(({ text, brief }) =>
        safeText(text) + (shell === "bash" || brief === "" ? "" : `\t${safeText(brief)}`) + "\n"
      );
      stdout.write(lines.join(""));
    }
  } catch {
    // Nothing to propose.
  }
  return ExitCode.Done;
}
