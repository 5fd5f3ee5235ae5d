/** What anybody can do to mapreduce run, while honest clients measure. */
import { play } from "./play.ts";

Deno.test("mapreduce run, under attack, serves honest clients as if nothing was", (t) =>
  play("mapreduce", 1, (title, act) => t.step(title, act)));
