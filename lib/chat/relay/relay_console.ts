import { didYouMean } from "../../config/did_you_mean.ts";
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Reply } from "../messages.ts";
import { CONSOLE } from "../moderation/actor.ts";
import { splitWord } from "../moderation/command_words.ts";
import { COMMANDS, type CommandText, showCommands } from "../moderation/commands.ts";
import type { Moderation } from "../moderation/moderation.ts";
import type { ChatHost } from "../chat_host.ts";
import type { RelayServer } from "./relay_server.ts";

/** Commands of moderation that mean something where there are no rooms. */
const MODERATION: ReadonlySet<string> = new Set(
  ["!ban", "!forgive", "!kick", "!bans", "!log", "!shutdown"],
);

/** Commands of the console of a relay, in the order of `!help`. */
const RELAY_COMMANDS: readonly CommandText[] = [
  { name: "!help", places: "", brief: "What there is" },
  { name: "!list", places: "", brief: "Pairs, their seats and games" },
  { name: "!say", places: "TEXT", brief: "Tell everybody" },
  ...COMMANDS.filter(({ name }) => MODERATION.has(name)),
];

/** What the console of a relay works with. */
export interface RelayConsoleParts {
  readonly relay: Pick<RelayServer, "list">;
  readonly moderation: Pick<Moderation, "runCommand">;
  readonly host: ChatHost;
}

/** Runs a command of the console of a relay. */
export async function runRelayCommand(
  { relay, moderation, host }: RelayConsoleParts,
  text: string,
): Promise<Reply> {
  const { word } = splitWord(text.replace(/^\s*!?/, "!"));
  const command = cutToBytes(word, 64).toLowerCase();
  if (command === "!list") return relay.list();
  if (command === "!help") return { command, ...showCommands(RELAY_COMMANDS) };
  const names = RELAY_COMMANDS.map(({ name }) => name);
  if (names.includes(command)) return await moderation.runCommand(CONSOLE, text, host);
  const hint = didYouMean(command, names, (name) => name);
  const line = `Cannot do ${safeText(command)} in relay mode: there is no such command`;
  return { command, isDone: false, lines: [`${line}${hint || "; see !help"}`] };
}
