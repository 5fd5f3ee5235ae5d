/** What anybody can do to a server of `timer`, while honest clients measure. */
import { play } from "./play.ts";

Deno.test("timer serve, under attack, serves honest clients as if nothing was", (t) =>
  play("timer", 1, (title, act) => t.step(title, act)));
