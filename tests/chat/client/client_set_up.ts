import { ScriptServer, ScriptStore, ScriptWorld } from "./script_server.ts";

/** A server and its store, before anybody comes. */
export function setUp() {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  return { world, store, clock: world.clock, server: new ScriptServer(world, store) };
}
