import type { Member } from "../chat_host.ts";

/** The server's own console; it may do everything. */
export interface ConsoleActor {
  readonly name: "console";
}

/** Who gives a command. */
export type Actor = ConsoleActor | Member;

/** The console. */
export const CONSOLE: ConsoleActor = { name: "console" };

/** The member that gives a command; nobody when it is the console. */
export function memberOf(actor: Actor): Member | undefined {
  return "name" in actor ? undefined : actor;
}

/** Name of who gives a command, for logs and people. */
export function nameOf(actor: Actor): string {
  return "name" in actor ? actor.name : actor.nick;
}
