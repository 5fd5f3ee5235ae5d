/** `mapreduce` when a worker hangs with its sockets open, and comes back. */
import { withRoom } from "./mapreduce_room.ts";
import { stopWhileRead } from "./mapreduce_stop.ts";

Deno.test("mapreduce run goes on when a worker hangs whose outputs are read, and takes it back", () =>
  withRoom((room) => stopWhileRead(room, [])));
