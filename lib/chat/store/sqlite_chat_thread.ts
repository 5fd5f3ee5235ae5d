/**
 * The thread behind `openSqliteChatStore`: does what it is asked for, in order, and answers. SQLite
 * blocks whoever calls it; here it blocks nobody.
 */
import { answerRequests } from "../../store/answer_requests.ts";
import { closeDatabase } from "../../store/close_database.ts";
import { type OpenDatabase, openDatabase } from "../../store/open_database.ts";
import { StoreError } from "../../store/store_error.ts";
import { CHAT_SCHEMA } from "./chat_schema.ts";
import type {
  ChatThreadAnswers,
  ChatThreadOptions,
  ChatThreadRequest,
} from "./sqlite_chat_messages.ts";
import { SqliteChatReader } from "./sqlite_chat_reader.ts";
import { SqliteChatWriter } from "./sqlite_chat_writer.ts";

interface Running extends OpenDatabase {
  readonly path: string;
  readonly reader: SqliteChatReader;
  readonly writer: SqliteChatWriter | undefined;
}

let running: Running | undefined;

function start(options: ChatThreadOptions): undefined {
  const { path, retryMs, isReader } = options;
  const open = openDatabase(options, CHAT_SCHEMA);
  const nowMs = () => performance.now();
  running = {
    ...open,
    path,
    reader: new SqliteChatReader(open.db),
    writer: isReader ? undefined : new SqliteChatWriter(open.db, { path, retryMs, nowMs }),
  };
}

function answer(request: ChatThreadRequest): ChatThreadAnswers[keyof ChatThreadAnswers] {
  if (request.kind === "start") return start(request.options);
  if (running === undefined) throw new StoreError("other", "Cannot use the store: it is closed");
  const { path, reader, writer } = running;
  switch (request.kind) {
    case "commit":
      if (writer !== undefined) return writer.commit(request);
      throw new StoreError("read-only", `Cannot write ${path}: it was opened to be read`);
    case "stop":
      return closeDatabase(running) as undefined;
    default:
      return reader.read(request);
  }
}

answerRequests<ChatThreadRequest>({ answer, path: () => running?.path ?? "the store" });
