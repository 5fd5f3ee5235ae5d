/**
 * A file without end from one client through the server to another, without disks and hashes: what
 * the server can pass on. The receiver prints {"ready":true}, then {"megabytesPerSecond":…} for each
 * second; the sender prints nothing. Both stay until they are ended.
 *
 *   chat_file.ts receive PORT
 *   chat_file.ts send PORT
 */
import type { Connection } from "tram";
import { writeFileDataHead } from "../../lib/chat/line_codec.ts";
import { FILE_DATA_BYTES } from "../../lib/chat/limits.ts";
import { CHAT_BYTES, type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import { print } from "../print.ts";
import { enter } from "./chat_tram.ts";

const { kinds } = chatService;
const [role, port] = Deno.args;
const ROOM = "#files";
const SIZE = 2 ** 40;
const HEAD = 5;

if (role === "receive") {
  let bytes = 0;
  await enter(Number(port), "receiver", ROOM, (connection) => ({
    offered: ({ transfer }) => {
      connection.send(kinds.answer, { transfer, isAccepted: true, offset: 0 });
    },
    fileData(view) {
      bytes += view.length - CHAT_BYTES.fileDataHead;
      connection.releaseBulk(view.length + HEAD);
    },
  }));
  print(JSON.stringify({ ready: true }));
  let sinceMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    print(JSON.stringify({ megabytesPerSecond: bytes / (nowMs - sinceMs) / 1000 }));
    [bytes, sinceMs] = [0, nowMs];
  }, 1000);
} else {
  let isPaused = true;
  const connection = await enter(Number(port), "sender", ROOM, () => ({
    start(start) {
      isPaused = start.isPaused === true;
      transfer = start.transfer;
      if (!isPaused) send(connection);
    },
    fileStop: ({ code, message }) => {
      throw new Error(`Cannot send: ${code}: ${message}`);
    },
  }));
  let transfer = 0;
  let offset = 0;
  let isSending = false;
  const payload = new Uint8Array(FILE_DATA_BYTES).fill(7);
  const send = async (to: Connection<ChatKinds>) => {
    if (isSending) return;
    isSending = true;
    while (!isPaused && to.isOpen) {
      const writer = to.reserve(kinds.fileData, CHAT_BYTES.fileDataHead + payload.length);
      if (writer === undefined) {
        await to.writable("bulk");
        continue;
      }
      writeFileDataHead(writer, { transfer, offset });
      writer.set(payload, CHAT_BYTES.fileDataHead);
      writer.commit();
      offset += payload.length;
    }
    isSending = false;
  };
  const key = "0123456789abcdef0123456789abcdef";
  connection.send(kinds.offer, { key, to: "@receiver", name: "endless.bin", size: SIZE });
}
