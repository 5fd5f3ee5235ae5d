/** What anybody can do to a server of `collect`, while honest clients measure. */
import { play } from "./play.ts";

Deno.test("collect serve, under attack, serves honest clients as if nothing was", (t) =>
  play("collect", 1, (title, act) => t.step(title, act)));
