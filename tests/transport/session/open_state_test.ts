import assert from "node:assert/strict";
import { openState } from "../../../lib/transport/session/open_state.ts";
import { stateFolder, statePath } from "../../../lib/transport/session/state_path.ts";
import { FakeStateFiles } from "./fake_state_files.ts";

const HOME = { os: "linux", process: { env: { HOME: "/home/ada" } } };
const KEY = { service: "numbered", server: { host: "::1", port: 4100 } };
const codec = {
  encode: (value: string) => new TextEncoder().encode(value),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

Deno.test("stateFolder() is where the system keeps such things", () => {
  const folder = (os: string, env: Record<string, string>) => stateFolder({ os, process: { env } });
  assert.equal(folder("linux", { HOME: "/h" }), "/h/.local/state/tram");
  assert.equal(folder("linux", { HOME: "/h", XDG_STATE_HOME: "/s" }), "/s/tram");
  assert.equal(folder("linux", { HOME: "/h", XDG_STATE_HOME: "/s", TRAM_STATE_DIR: "/t" }), "/t");
  assert.equal(folder("darwin", { HOME: "/h" }), "/h/Library/Application Support/tram/state");
  assert.equal(folder("windows", { LOCALAPPDATA: "C:\\l" }), "C:\\l\\tram\\state");
  assert.equal(folder("linux", {}), undefined);
});

Deno.test("statePath() has service, server and profile in it, in letters that any disk takes", () => {
  assert.equal(
    statePath(HOME, KEY, "default"),
    "/home/ada/.local/state/tram/numbered/%5B%3A%3A1%5D%3A4100/default.state",
  );
  for (const profile of ["", "../up", "A", ".hidden", "x".repeat(33), "a/b"]) {
    assert.throws(() => statePath(HOME, KEY, profile), /Cannot use profile/);
  }
  assert.throws(
    () => statePath({ os: "linux", process: { env: {} } }, KEY, "default"),
    /set HOME or TRAM_STATE_DIR/,
  );
});

Deno.test("openState() gives a second process the next profile", async () => {
  const files = new FakeStateFiles();
  const opened = [];
  for (let count = 0; count < 3; count++) {
    opened.push(await openState(HOME, files, { ...KEY, codec }));
  }
  assert.deepEqual(opened.map(({ profile }) => profile), ["default", "2", "3"]);
  await opened[1]?.state.close();
  const next = await openState(HOME, files, { ...KEY, codec });
  assert.equal(next.profile, "2");
  const other = { ...KEY, server: { host: "::1", port: 4101 } };
  assert.equal((await openState(HOME, files, { ...other, codec })).profile, "default");
});

Deno.test("openState() counts from the profile that it is to begin with", async () => {
  const files = new FakeStateFiles();
  const open = (more: object = {}) =>
    openState(HOME, files, { ...KEY, codec, firstProfile: "bob", ...more });
  assert.deepEqual([(await open()).profile, (await open()).profile], ["bob", "bob-2"]);
  assert.equal((await open({ profile: "work" })).profile, "work");
});

Deno.test("openState() says in one line that the profile that was asked for is in use", async () => {
  const files = new FakeStateFiles();
  const options = { ...KEY, codec, profile: "work" };
  const { path } = await openState(HOME, files, options);
  assert.match(path, /work\.state$/);
  await assert.rejects(
    openState(HOME, files, options),
    new Error(
      'Cannot use profile "work": another process has it; take another one with --profile',
    ),
  );
});
