import assert from "node:assert/strict";
import { runFolderParents } from "../../../lib/launch/guard/real_run_folder.ts";

Deno.test("runFolderParents() takes whole paths that mean nothing to a shell", () => {
  const parents = (env: Readonly<Record<string, string>>) => runFolderParents(env);
  assert.deepEqual(parents({}), ["/tmp"]);
  assert.deepEqual(parents({ XDG_RUNTIME_DIR: "/run/user/7", TMPDIR: "/tmp", TEMP: "" }), [
    ...["/run/user/7", "/tmp"],
  ]);
  for (const path of ["tmp", "./tmp", "/a b", "/a$(b)", "/a'b", "/a;b", "/a\nb"]) {
    assert.deepEqual(parents({ TMPDIR: path }), ["/tmp"], path);
  }
  assert.deepEqual(parents({ TEMP: "C:\\Users\\Ada B\\Temp" }), ["C:\\Users\\Ada B\\Temp", "/tmp"]);
});
