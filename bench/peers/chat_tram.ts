/** Members of a room of `tram chat`, through the public API. */
import { type Connection, dial } from "tram";
import { encodeSay } from "../../lib/chat/line_codec.ts";
import { type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import type { ChatPeer } from "./chat_peer.ts";

const { kinds } = chatService;

/** The room that all are in. */
const ROOM = "#bench";

const ignore = () => {};

/** A client is sent all these, and must know them. */
const IGNORING: Handlers<ChatKinds> = {
  ack: ignore,
  line: ignore,
  presence: ignore,
  you: ignore,
  room: ignore,
  notice: ignore,
  refused({ code, message }) {
    throw new Error(`Cannot say a line: ${code}: ${message}`);
  },
};

/** Connects, waits for its name, and enters `room`. */
export async function enter(
  port: number,
  clientId: string,
  room: string,
  handlersFor: (connection: Connection<ChatKinds>) => Handlers<ChatKinds>,
): Promise<Connection<ChatKinds>> {
  const entered = Promise.withResolvers<void>();
  const connection = await dial(
    chatService,
    { host: "127.0.0.1", port, clientId, timeoutMs: 30_000 },
    (connection) => ({
      ...IGNORING,
      // Nothing else comes before the answer to the JOIN has ended.
      page: () => entered.resolve(),
      ...handlersFor(connection),
    }),
  );
  connection.closed.then(({ code, message }) =>
    entered.reject(new Error(`Cannot go on as ${clientId}: ${code}: ${message}`))
  );
  connection.send(kinds.join, { room, last: 0 });
  await entered.promise;
  return connection;
}

/** `tram chat`. */
export const tram: ChatPeer = {
  isEchoed: true,

  async join(port, name, onLines) {
    const connection = await enter(port, name, ROOM, () => ({ line: () => onLines(1) }));
    connection.closed.then(({ code, message }) => {
      throw new Error(`Cannot go on as ${name}: ${code}: ${message}`);
    });
    let sequence = 0;
    return {
      say(text) {
        connection.send(kinds.say, encodeSay({ sequence: ++sequence, where: ROOM, text }));
      },
    };
  },
};
