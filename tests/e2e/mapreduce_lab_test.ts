import { LAB } from "./mapreduce_lab.ts";
import { withRoom } from "./mapreduce_room.ts";

for (const [title, run] of Object.entries(LAB)) Deno.test(title, () => withRoom(run));
