/**
 * The thread behind `openSqliteStore`: does what it is asked for, in order, and answers. SQLite blocks
 * whoever calls it; here it blocks nobody.
 */
/// <reference lib="deno.worker" />
import { type OpenDatabase, openDatabase } from "./open_database.ts";
import type { Answers, Reply, Request } from "./sqlite_messages.ts";
import { SqliteReader } from "./sqlite_reader.ts";
import { SqliteWriter } from "./sqlite_writer.ts";
import { StoreError } from "./store_error.ts";
import { storeFailure } from "./store_failure.ts";

interface Running extends OpenDatabase {
  readonly path: string;
  readonly reader: SqliteReader;
  readonly writer: SqliteWriter | undefined;
}

let running: Running | undefined;

function start({ options }: Request & { readonly kind: "start" }): void {
  const { path, retryMs } = options;
  const open = openDatabase(options);
  running = {
    ...open,
    path,
    reader: new SqliteReader(open.db),
    writer: options.isReader
      ? undefined
      : new SqliteWriter(open.db, { path, retryMs, nowMs: () => performance.now() }),
  };
}

/** Leaves one file behind, so that it can be copied as it is. */
function stop({ db, lock }: Running): void {
  try {
    if (lock !== undefined) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // a full disk: what is in the WAL is committed and read at the next start
  }
  db.close();
  lock?.close();
}

function writerOf({ path, writer }: Running): SqliteWriter {
  if (writer !== undefined) return writer;
  throw new StoreError("read-only", `Cannot write ${path}: it was opened to be read`);
}

function answer(request: Request): Answers[keyof Answers] {
  if (request.kind === "start") return start(request) as undefined;
  if (running === undefined) throw new StoreError("other", "Cannot use the store: it is closed");
  const { reader } = running;
  switch (request.kind) {
    case "write":
      return writerOf(running).write(request);
    case "remove":
      return writerOf(running).remove(request);
    case "trim":
      return writerOf(running).trim(request.receivedBeforeUs) as undefined;
    case "find":
      return reader.find(request.session);
    case "clients":
      return reader.clients();
    case "client":
      return reader.client(request.clientId);
    case "estimates":
      return reader.estimates(request.session);
    case "page":
      return reader.page(request);
    case "stop":
      return stop(running) as undefined;
  }
}

function failureOf(error: unknown): Reply {
  const { code, message } = storeFailure("use", running?.path ?? "the store", error);
  return { failure: { code, message } };
}

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  try {
    const value = answer(request);
    const transfer: ArrayBuffer[] = [];
    if (value !== undefined && "words" in value) transfer.push(value.words.buffer);
    if (value !== undefined && "columns" in value) transfer.push(value.columns.buffer);
    self.postMessage({ value } satisfies Reply, transfer);
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};
