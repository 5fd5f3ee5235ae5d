/**
 * A file from the disk of one client through the server to the disk of another, as `!send` does it:
 * read, hashed on both sides, journalled, and safe on the disk at the end.
 *
 *   chat_exchange.ts receive PORT FOLDER   prints {"ready":true}, and stays until it is ended
 *   chat_exchange.ts send PORT FILE        prints {"seconds":…} when the receiver has it
 */
import { systemClock } from "tram";
import { FileExchange } from "../../lib/chat/files/file_exchange.ts";
import { MemoryNotes } from "../../lib/chat/files/file_notes.ts";
import { realFileAccess } from "../../lib/chat/files/real_file_access.ts";
import { print } from "../print.ts";
import { enter } from "./chat_tram.ts";

const [role, port, path = "."] = Deno.args;
const exchange = new FileExchange({
  clock: systemClock,
  files: realFileAccess,
  downloads: path,
  notes: new MemoryNotes(),
  emit() {},
  maxFileBytes: Number.MAX_SAFE_INTEGER,
  acceptAll: true,
});
const name = role === "send" ? "sender" : "receiver";
const connection = await enter(Number(port), name, "#files", (connection) => ({
  ...exchange.handlersFor(connection),
}));
exchange.ready(connection);
if (role === "send") {
  const startMs = performance.now();
  await exchange.send(path, "@receiver");
  await exchange.settled();
  print(JSON.stringify({ seconds: (performance.now() - startMs) / 1000 }));
  Deno.exit(0);
}
print(JSON.stringify({ ready: true }));
