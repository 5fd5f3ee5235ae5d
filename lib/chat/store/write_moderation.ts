import type { Statements } from "../../store/statements.ts";
import type { ModerationEntry } from "./chat_store.ts";

/** Logs what a moderator did, with its effect, inside a transaction. */
export function writeModeration(entry: ModerationEntry, sql: Statements): undefined {
  const { timeUs, actor, action, identity, nick, untilUs, reason } = entry;
  const { lastInsertRowid } = sql.get(
    "INSERT INTO moderation (time_us, actor, action, identity, nick, until_us, reason) " +
      "VALUES (?,?,?,?,?,?,?)",
  ).run(timeUs, actor, action, identity, nick, untilUs ?? null, reason);
  switch (action) {
    case "ban":
    case "suspend":
      sql.get("INSERT OR REPLACE INTO sanctions (identity, action, entry) VALUES (?,?,?)")
        .run(identity, action, lastInsertRowid);
      break;
    case "forgive":
      sql.get("DELETE FROM sanctions WHERE identity = ?").run(identity);
      break;
    case "op":
      sql.get("INSERT OR IGNORE INTO operators (identity) VALUES (?)").run(identity);
      break;
    case "deop":
      sql.get("DELETE FROM operators WHERE identity = ?").run(identity);
      break;
  }
}
