/** Files between real clients. Linux: memory and reading are looked up in `/proc`. */
import assert from "node:assert/strict";
import { until } from "./collect_room.ts";
import { type ChatClientProcess, withChat } from "./chat_room.ts";
import { checkPassed } from "./check_passed.ts";
import { joinedWith, passFile, sha256sum, writeRandom } from "./pass_file.ts";

const MIB = 1024 * 1024;

/** Names of files in a folder, in order. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Waits until a file of this name has come to a state. */
function fileState(client: ChatClientProcess, file: string, wanted: string, peer = /./) {
  return client.event("file", ({ name, state, peer: other }) => {
    return name === file && state === wanted && peer.test(other);
  });
}

Deno.test("a file of 64 MiB outlives sender, receiver and server, and is read once", () =>
  withChat(async (room) => {
    const sizeBytes = 64 * MIB;
    checkPassed(await passFile(room, { sizeBytes, rate: "40MiB/s" }), sizeBytes);
  }));

Deno.test("files offered to a room go to those who accept, several at once, under safe names", () =>
  withChat(async (room) => {
    await using server = await room.serve(["--max-file", "20MiB"]);
    const { port } = server;
    const folder = (nick: string) => `${room.folder}/${nick}`;
    const nicks = ["bob", "cyd", "dan"] as const;
    for (const nick of nicks) await Deno.mkdir(folder(nick));
    await Deno.mkdir(folder("ada"));
    const [large, small, aux, huge] = ["large.bin", "small.txt", "aux.txt", "huge.bin"].map((
      name,
    ) => `${folder("ada")}/${name}`) as [string, string, string, string];
    await Promise.all([
      writeRandom(large, 16 * MIB + 1),
      Deno.writeTextFile(small, "small"),
      Deno.writeTextFile(aux, "device"),
      Deno.writeTextFile(huge, "").then(() => Deno.truncate(huge, 21 * MIB)),
    ]);
    await using ada = await joinedWith(room, port, "ada", folder("ada"));
    await using bob = await joinedWith(room, port, "bob", folder("bob"));
    await using cyd = await joinedWith(room, port, "cyd", folder("cyd"));
    await using dan = await joinedWith(room, port, "dan", folder("dan"), "--max-file", "10MiB");

    await ada.type(`!send #lobby ${large}\n!send #lobby ${small}\n!send bob ${aux}`);
    await ada.type(`!send bob ${huge}`);
    const accept = async (client: ChatClientProcess, name: string) => {
      const { number } = await fileState(client, name, "offered");
      await client.type(`!accept ${number}`);
    };
    const rejected = fileState(dan, "small.txt", "offered").then(({ number }) => {
      return dan.type(`!reject ${number}`);
    });
    await Promise.all([
      ...[bob, cyd].flatMap((client) => [accept(client, "large.bin"), accept(client, "small.txt")]),
      accept(bob, "aux.txt"),
      rejected,
    ]);
    const done = (await Promise.all([bob, cyd].map((client) => {
      return fileState(client, "large.bin", "done");
    }))).map(({ sha256 }) => sha256);
    const hash = await sha256sum(large);
    assert.deepEqual(done, [hash, hash]);
    assert.equal(await sha256sum(`${folder("cyd")}/large.bin`), hash);
    await Promise.all([/bob/, /cyd/].flatMap((peer) => [
      fileState(ada, "large.bin", "done", peer),
      fileState(ada, "small.txt", "done", peer),
    ]));
    await fileState(bob, "aux.txt", "done");
    assert.deepEqual(namesIn(folder("bob")), ["_aux.txt", "large.bin", "small.txt"]);
    assert.deepEqual(namesIn(folder("cyd")), ["large.bin", "small.txt"]);
    assert.deepEqual(namesIn(folder("dan")), []);

    // Offered again, it is another file; nothing is overwritten.
    const [bobs, cyds] = [bob.events.length, cyd.events.length];
    await ada.type(`!send cyd ${small}\n!send bob ${large}`);
    const again = await cyd.event("file", ({ state }) => state === "offered", cyds);
    await cyd.type(`!accept ${again.number}`);
    const { path } = await cyd.event("file", ({ state }) => state === "done", cyds);
    assert.equal(path, `${folder("cyd")}/small (2).txt`);
    assert.equal(await Deno.readTextFile(path ?? ""), "small");
    const { number } = await bob.event("file", ({ state }) => state === "offered", bobs);
    const seen = ada.events.length;
    await bob.type(`!accept ${number}\n!cancel ${number}`);
    const stopped = await ada.event("file", ({ state }) => state === "stopped", seen);
    assert.deepEqual([stopped.code, stopped.peer], ["cancelled", "bob"]);
    await bob.type("!files");
    await bob.event("local", ({ lines }) => lines[0] === "No files are offered or under way");
    // What had come of it goes.
    await until("nothing of it is left", () => {
      return namesIn(folder("bob")).join() === "_aux.txt,large.bin,small.txt";
    });

    // Who does not want it, and who is told that it is too large, hinder nobody.
    assert.equal((await fileState(ada, "small.txt", "stopped", /dan/)).code, "rejected");
    const tooLarge = await fileState(ada, "large.bin", "stopped", /dan/);
    assert.match(tooLarge.message ?? "", /16777217 bytes, wanted at most 10485760/);
    assert.equal((await fileState(ada, "huge.bin", "stopped")).code, "too-large");
    await ada.endInput();
    assert.equal((await ada.ended).code, 3, "not everybody has got everything");
  }));
