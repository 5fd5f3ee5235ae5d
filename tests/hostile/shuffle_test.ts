/** What anybody can do to a worker of mapreduce, while honest clients measure. */
import { play } from "./play.ts";

Deno.test("a worker of mapreduce, under attack, serves honest clients as if nothing was", (t) =>
  play("shuffle", 1, (title, act) => t.step(title, act)));
