import type { StoreSchema } from "../../store/schema.ts";

/** Lines are kept in the order in which they are read. Nothing of them is ever removed. */
const VERSION_1 = `
CREATE TABLE store (id TEXT NOT NULL) STRICT;
INSERT INTO store VALUES (lower(hex(randomblob(8))));
CREATE TABLE sessions (
  author INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL,
  token_name TEXT NOT NULL, cookie BLOB NOT NULL, highest INTEGER NOT NULL DEFAULT 0,
  inbox_last INTEGER NOT NULL DEFAULT 0, nick TEXT NOT NULL DEFAULT '', seen_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_by_nick ON sessions (nick) WHERE nick <> '';
CREATE TABLE rooms (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE lines (
  room INTEGER NOT NULL, id INTEGER NOT NULL, time_us INTEGER NOT NULL, author INTEGER NOT NULL,
  nick TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE inboxes (
  owner INTEGER NOT NULL, id INTEGER NOT NULL, time_us INTEGER NOT NULL, author INTEGER NOT NULL,
  nick TEXT NOT NULL, text TEXT NOT NULL, other_nick TEXT NOT NULL, PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pairs (
  number INTEGER PRIMARY KEY, last INTEGER NOT NULL DEFAULT 0, has_ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE pair_events (
  pair INTEGER NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (pair, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE moderation (
  number INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  identity TEXT NOT NULL, nick TEXT NOT NULL, until_us INTEGER, reason TEXT NOT NULL
) STRICT;
CREATE TABLE sanctions (
  identity TEXT NOT NULL, action TEXT NOT NULL, entry INTEGER NOT NULL,
  PRIMARY KEY (identity, action)
) STRICT, WITHOUT ROWID;
CREATE TABLE operators (identity TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** The tables of a store in a file; "trch" in its header says that it is one of chat. */
export const CHAT_SCHEMA: StoreSchema = {
  applicationId: 0x74726368,
  migrations: [VERSION_1],
};
