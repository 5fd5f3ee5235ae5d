import assert from "node:assert/strict";
import { folderOf } from "../../../lib/transport/session/folder_of.ts";

Deno.test("folderOf() is the folder of a path, also of a bare name and in the root", () => {
  for (
    const [path, folder] of [
      ["/home/ada/a.spool", "/home/ada"],
      ["a.spool", "."],
      ["./a.spool", "."],
      ["logs/a", "logs"],
      ["/a", "/"],
      ["C:\\tram\\token", "C:\\tram"],
    ] as const
  ) assert.equal(folderOf(path), folder);
});
