/** A terminal of a story on which somebody types. */
import { Tmux } from "../e2e/tmux.ts";
import type { World } from "./world.ts";

const COLUMNS = 80;
const ROWS = 40;

/** Starts a command on a terminal, in the folder of all commands. */
export function openScreen(world: World, command: string): Promise<Tmux> {
  // The terminal stays when the command has ended.
  return Tmux.start(`cd '${world.folders.data}' && ${command}; cat`, COLUMNS, ROWS);
}

/** Types a line. */
export async function enter(screen: Tmux, line: string): Promise<void> {
  await screen.type(line);
  await screen.press("Enter");
}

/** Waits for a text, wherever lines are broken. */
export async function shows(screen: Tmux, text: string): Promise<void> {
  const words = text.split(" ").map((word) => word.replaceAll(/[^\w\s]/g, "\\$&"));
  await screen.matching(new RegExp(words.join("\\s+")));
}

/** Lines that a chat shows, without its status line and its prompt. */
export async function chatLines(screen: Tmux): Promise<string[]> {
  const lines = (await screen.shown()).split("\n");
  if (!/^#\w+>/.test(lines.at(-1) ?? "")) {
    throw new Error(`There is no prompt:\n${lines.join("\n")}`);
  }
  return lines.slice(0, -2);
}
