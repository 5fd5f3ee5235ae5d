/** The sessions of a document: its blocks of ```console, as commands and what each printed. */

/** A command as it was typed, and what it printed. */
export interface Step {
  /** Without the `$ `; more than one line when the first one was not whole. */
  readonly command: string;
  readonly output: readonly string[];
}

/** A block of ```console. */
export interface ConsoleBlock {
  /** `FILE: HEADING NUMBER`, the number from 1 within the heading. */
  readonly id: string;
  /** Line of the document at which it begins, from 1. */
  readonly line: number;
  /** What stands before the first command: of a screen that is shown without one. */
  readonly before: readonly string[];
  readonly steps: readonly Step[];
}

/**
 * Finds the sessions of a document.
 *
 * @param file its name, for the ids
 */
export function consoleBlocks(file: string, markdown: string): ConsoleBlock[] {
  const blocks: ConsoleBlock[] = [];
  const numbers = new Map<string, number>();
  let heading = "";
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const title = /^#+ (.*)$/.exec(line)?.[1];
    if (title !== undefined) heading = title;
    const fence = /^(```+)(\w*)/.exec(line);
    if (fence === null) continue;
    const from = at + 1;
    while (++at < lines.length && lines[at] !== fence[1]) { /* to the end of the block */ }
    if (fence[2] !== "console") continue;
    const number = (numbers.get(heading) ?? 0) + 1;
    numbers.set(heading, number);
    const id = `${file}: ${heading} ${number}`;
    blocks.push({ id, line: from, ...stepsOf(lines.slice(from, at)) });
  }
  return blocks;
}

function stepsOf(lines: readonly string[]): Pick<ConsoleBlock, "before" | "steps"> {
  const before: string[] = [];
  const steps: { command: string; output: string[] }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.startsWith("$ ")) {
      let command = line.slice(2);
      while (!isWhole(command) && at + 1 < lines.length) command += `\n${lines[++at]}`;
      steps.push({ command, output: [] });
    } else (steps.at(-1)?.output ?? before).push(line);
  }
  return { before, steps };
}

/** Whether a shell would not ask for more lines. */
function isWhole(command: string): boolean {
  let quote = "";
  for (let at = 0; at < command.length; at++) {
    const character = command[at] ?? "";
    if (character === "\\" && quote !== "'") at++;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === "'" || character === '"') quote = character;
  }
  return quote === "" && !/[\\|]\s*$/.test(command);
}
