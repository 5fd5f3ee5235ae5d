import type { Connection } from "../../transport/connection.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import type { ReceivedOf } from "../../transport/routes.ts";
import type { Kind } from "../../transport/service.ts";
import { type ChatKinds, chatService } from "../protocol.ts";

/** JSON frames that a relay sends. */
type FrameName =
  | "you"
  | "refused"
  | "reply"
  | "notice"
  | "number"
  | "role"
  | "message"
  | "peerLeft"
  | "peer"
  | "exit"
  | "verdict"
  | "state";

/** A frame to be sent, by the name of its kind. */
export type RelayFrame = {
  [Name in FrameName]: { readonly kind: Name; readonly value: ReceivedOf<ChatKinds[Name]> };
}[FrameName];

/** Sends a frame. Who leaves the lane full is cut: nobody waits for a slow reader. */
export function sendFrame(connection: Connection<ChatKinds>, { kind, value }: RelayFrame): void {
  // Each name comes with the value of its own kind.
  const isSent = connection.send(chatService.kinds[kind] as Kind<unknown, unknown>, value);
  if (!isSent && connection.isOpen) {
    connection.abort(LineErrorCode.SlowReader, "Cannot go on: what was sent is not read");
  }
}
