import type { Connection } from "../../transport/connection.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import { writeAck } from "../line_codec.ts";
import { CHAT_BYTES, type ChatKinds, chatService } from "../protocol.ts";

/** Acknowledges all lines up to `sequence`. Who leaves the lane full is cut. */
export function sendAck(connection: Connection<ChatKinds>, sequence: number): void {
  const writer = connection.reserve(chatService.kinds.ack, CHAT_BYTES.ack);
  if (writer !== undefined) {
    writeAck(writer, sequence);
    writer.commit();
  } else if (connection.isOpen) {
    connection.abort(LineErrorCode.SlowReader, "Cannot go on: what was sent is not read");
  }
}
