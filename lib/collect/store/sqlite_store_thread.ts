/**
 * The thread behind `openSqliteStore`: does what it is asked for, in order, and answers. SQLite blocks
 * whoever calls it; here it blocks nobody.
 */
import { answerRequests } from "../../store/answer_requests.ts";
import { closeDatabase } from "../../store/close_database.ts";
import { type OpenDatabase, openDatabase } from "../../store/open_database.ts";
import { StoreError } from "../../store/store_error.ts";
import type { Answers, Request } from "./sqlite_messages.ts";
import { SqliteReader } from "./sqlite_reader.ts";
import { COLLECT_SCHEMA } from "./sqlite_schema.ts";
import { SqliteWriter } from "./sqlite_writer.ts";

interface Running extends OpenDatabase {
  readonly path: string;
  readonly reader: SqliteReader;
  readonly writer: SqliteWriter | undefined;
}

let running: Running | undefined;

function start({ options }: Request & { readonly kind: "start" }): void {
  const { path, retryMs } = options;
  const open = openDatabase(options, COLLECT_SCHEMA);
  running = {
    ...open,
    path,
    reader: new SqliteReader(open.db),
    writer: options.isReader
      ? undefined
      : new SqliteWriter(open.db, { path, retryMs, nowMs: () => performance.now() }),
  };
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
      return closeDatabase(running) as undefined;
  }
}

answerRequests<Request>({
  answer,
  path: () => running?.path ?? "the store",
  transfer(answered) {
    const value = answered as Answers[keyof Answers];
    const transfer: ArrayBuffer[] = [];
    if (value !== undefined && "words" in value) transfer.push(value.words.buffer);
    if (value !== undefined && "columns" in value) transfer.push(value.columns.buffer);
    return transfer;
  },
});
