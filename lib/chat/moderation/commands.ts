/** The commands that a server knows, as a table. */
import { didYouMean } from "../../config/did_you_mean.ts";
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { formatTable } from "../../terminal/table.ts";
import { type Actor, memberOf } from "./actor.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { splitWord } from "./command_words.ts";
import { listMembers } from "./list_members.ts";
import { kick, say, shutdown } from "./order_commands.ts";
import { deop, op } from "./rank_commands.ts";
import { forgive } from "./forgive.ts";
import { ban, suspend } from "./sanction_commands.ts";
import { bans, log } from "./show_log.ts";
import { rooms, who } from "./show_who.ts";

/** What `!help` says of a command. */
export interface CommandText {
  /** `!list` */
  readonly name: string;
  /** What may follow it. */
  readonly places: string;
  /** What it does, in one line. */
  readonly brief: string;
}

/** One command. */
export interface Command extends CommandText {
  /** Whether everybody may; otherwise the console and operators. */
  readonly isForAll: boolean;
  /** Whether it changes something, so that it waits for its turn. */
  readonly isChange: boolean;
  /** @throws {SyntaxError} when it is given wrongly */
  readonly run: (call: CommandCall) => Promise<Answer>;
}

type Run = (call: CommandCall) => Answer | Promise<Answer>;

/** What goes wrong in how a command is given becomes its answer. */
function command(
  usage: string,
  brief: string,
  run: Run,
  { isForAll = false, isChange = true } = {},
): Command {
  const { word: name, rest: places } = splitWord(usage);
  return {
    name,
    places,
    brief,
    isForAll,
    isChange,
    run: async (call) => {
      try {
        return await run(call);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return refused(`Cannot do ${name}: ${safeText(error.message)}; usage: ${usage}`);
      }
    },
  };
}

const LOOK = { isChange: false };
const ALL = { isForAll: true, isChange: false };

/** All commands, in the order of `!help`. */
export const COMMANDS: readonly Command[] = [
  command("!help", "What there is", (call) => help(call.actor, call), ALL),
  command("!list [#ROOM]", "Who is here, or in a room", listMembers, ALL),
  command("!rooms", "Which rooms there are", rooms, ALL),
  command("!who NAME", "Who somebody is", who, ALL),
  command("!say TEXT", "Say something in every room", say),
  command("!suspend NAME [TIME] [REASON]", "Let somebody read only (10m)", suspend),
  command("!ban NAME [TIME] [REASON]", "Keep somebody out (until forgiven)", ban),
  command("!forgive NAME", "Undo a ban or a suspension", forgive),
  command("!kick NAME [REASON]", "End somebody's connection; they may come back", kick),
  command("!op NAME", "Make somebody an operator", op),
  command("!deop NAME", "Take that rank away again", deop),
  command("!bans", "What holds: who, how long, by whom, why", bans, LOOK),
  command("!log [COUNT]", "What moderators did, newest first (20)", log, LOOK),
  command("!shutdown [TIME] [REASON]", "End the server, now or later", shutdown),
];

/** Commands of clients, which a server does not get. */
const CLIENT_COMMANDS = (
  "join leave msg nick reconnect cookie send accept reject cancel files ignore unignore history"
).split(" ").map((name) => `!${name}`);

/** Finds a command, or says why there is none. */
export function chooseCommand(
  text: string,
  actor: Actor,
  isPrivileged: boolean,
): { readonly name: string; readonly rest: string; readonly found: Command | Answer } {
  const { word, rest } = splitWord(text.replace(/^\s*!?/, "!"));
  const name = cutToBytes(word, 64).toLowerCase();
  const found = COMMANDS.find((each) => each.name === name);
  if (found?.isForAll || found !== undefined && isPrivileged) return { name, rest, found };
  return { name, rest, found: refused(faultOf(name, found, actor, isPrivileged)) };
}

function faultOf(
  name: string,
  found: Command | undefined,
  actor: Actor,
  isPrivileged: boolean,
): string {
  if (found !== undefined) return `Cannot do ${name}: only operators can`;
  const isConsole = memberOf(actor) === undefined;
  if (isConsole && name === "!quit") {
    return "Cannot do !quit: this is the server; end it with !shutdown";
  }
  if (isConsole && CLIENT_COMMANDS.includes(name)) {
    return `Cannot do ${name}: it is a command of clients, and this is the server; see !help`;
  }
  const hint = didYouMean(name, commandNames(isPrivileged), (each) => each);
  return `Cannot do ${safeText(name)}: there is no such command${hint || "; see !help"}`;
}

/** Names of the commands that somebody may give. */
export function commandNames(isPrivileged: boolean): readonly string[] {
  return COMMANDS.filter((each) => each.isForAll || isPrivileged).map(({ name }) => name);
}

function help(actor: Actor, { isOperator }: CommandCall): Answer {
  const member = memberOf(actor);
  const isPrivileged = member === undefined || isOperator(member.identity);
  return showCommands(COMMANDS.filter((each) => each.isForAll || isPrivileged));
}

/** What `!help` answers. */
export function showCommands(shown: readonly CommandText[]): Answer {
  const lines = formatTable({
    columns: [{ title: "command" }, { title: "what it does", flexible: true }],
    rows: shown.map(({ name, places, brief }) => [`${name} ${places}`.trim(), brief]),
    columnsAvailable: 80,
  });
  return done(lines, {
    commands: shown.map(({ name, places, brief }) => ({ name, places, brief })),
  });
}
