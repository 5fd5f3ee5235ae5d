import assert from "node:assert/strict";
import { askControl, serveControl } from "../../../lib/launch/real_control.ts";

Deno.test("serveControl() takes the place of a socket that a killed process has left", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/lesson-1234.sock`;
    // Closing removes the name that it was opened by, a kill does not.
    const left = Deno.listen({ transport: "unix", path: `${folder}/other` });
    Deno.renameSync(`${folder}/other`, path);
    left.close();
    const server = serveControl(path, () => "here");
    try {
      assert.equal(await askControl(path, { ask: "status" }), "here");
    } finally {
      server.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
