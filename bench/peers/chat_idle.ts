/**
 * Clients that come in, enter a room of a hundred, and say nothing. Prints {"connected":…} when all
 * are there, and stays until it is ended.
 *
 *   chat_idle.ts PORT CLIENTS
 */
import { print } from "../print.ts";
import { enter } from "./chat_tram.ts";

const [port = 0, clients = 1] = Deno.args.map(Number);
const ROOM_CLIENTS = 100;
/** Clients that connect in one go. */
const AT_ONCE = 50;

let connected = 0;
for (let first = 0; first < clients; first += AT_ONCE) {
  const group = Array.from({ length: Math.min(AT_ONCE, clients - first) }, (_, i) => first + i);
  await Promise.all(group.map(async (client) => {
    const room = `#room-${Math.floor(client / ROOM_CLIENTS)}`;
    const connection = await enter(port, `idle-${client}`, room, () => ({}));
    connected++;
    connection.closed.then(({ code, message }) => {
      throw new Error(`Cannot stay as idle-${client}: ${code}: ${message}`);
    });
  }));
}
print(JSON.stringify({ connected }));
setInterval(() => {}, 60_000);
