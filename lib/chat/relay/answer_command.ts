import type { Reply } from "../messages.ts";

/** Answers what a client of a relay may ask. @param list answers `!list` */
export function answerCommand(text: string, list: () => Reply): Reply {
  const command = text.trim().split(/\s+/u, 1).join("").slice(0, 40);
  switch (command.toLowerCase()) {
    case "!list":
      return list();
    case "!help": {
      const lines = ["!list  pairs, their seats and games", "fin  gives the seat up"];
      return { command, isDone: true, lines };
    }
  }
  const lines = [`Cannot do "${command}" in relay mode: wanted !list or !help`];
  return { command, isDone: false, lines };
}
