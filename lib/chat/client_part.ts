import type { Connection } from "../transport/connection.ts";
import type { Handlers } from "../transport/routes.ts";
import type { ChatKinds } from "./protocol.ts";

/** A part of a client that has frames of its own, such as files. */
export interface ClientPart {
  /** Its handlers on a new connection; no kind has two. */
  handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds>;
  /** The server has said who the client is, and rooms are asked for; frames can be sent. */
  ready?(connection: Connection<ChatKinds>): void;
}
