import type { StoreSchema } from "../../store/schema.ts";

/** Samples are kept in the order in which they are exported, which also makes them unique. */
const VERSION_1 = `
CREATE TABLE clients (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client INTEGER NOT NULL,
  token_name TEXT NOT NULL, cookie BLOB NOT NULL, highest INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0, equal INTEGER NOT NULL DEFAULT 0,
  repeated INTEGER NOT NULL DEFAULT 0, end_sequence INTEGER,
  first_seen_us INTEGER, last_seen_us INTEGER
) STRICT;
CREATE INDEX sessions_by_client ON sessions (client);
CREATE TABLE samples (
  client INTEGER NOT NULL, time_us INTEGER NOT NULL, corrected_us INTEGER, bound_us INTEGER,
  correction INTEGER, session INTEGER NOT NULL, sequence INTEGER NOT NULL,
  received_us INTEGER NOT NULL, PRIMARY KEY (client, time_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL, used_us INTEGER NOT NULL,
  at_us REAL NOT NULL, offset_us REAL NOT NULL, bound_us REAL NOT NULL, frequency_ppm REAL NOT NULL
) STRICT;
CREATE TABLE steps (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL, side TEXT NOT NULL,
  at_us INTEGER NOT NULL, by_us INTEGER NOT NULL, error_us INTEGER NOT NULL,
  UNIQUE (session, side, at_us, by_us)
) STRICT;
CREATE TABLE estimates (
  session INTEGER NOT NULL, number INTEGER NOT NULL, at_us REAL NOT NULL, offset_us REAL NOT NULL,
  bound_us REAL NOT NULL, frequency_ppm REAL NOT NULL, delay_us REAL NOT NULL,
  probes INTEGER NOT NULL, verdict TEXT NOT NULL, PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
`;

/** The tables of a store in a file; "trco" in its header says that it is one of collect. */
export const COLLECT_SCHEMA: StoreSchema = {
  applicationId: 0x7472636f,
  migrations: [VERSION_1],
};
