/**
 * What anybody on the network, and any member, can do to a server of `chat`, while two honest members
 * talk in another process: these notice nothing, and whoever did it is told.
 */
import { play } from "./play.ts";

Deno.test("chat serve, under attack, serves two honest members as if nothing was", (t) =>
  play("chat", 1, (title, act) => t.step(title, act)));

Deno.test("chat serve with an open door, under attack by members, does, too", (t) =>
  play("open chat", 1, (title, act) => t.step(title, act)));
