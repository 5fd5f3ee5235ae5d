/** Three people talk, and their server is killed: `deno run chat.ts FOLDER`. */
import { folder, say, sayLines, Talker } from "./tram.ts";

const LISTENING = /^listening on \S+:(\d+)$/;

/** Bytes of the file that is sent. */
const FILE_BYTES = 8 * 1024 * 1024;

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A file of random bytes, which nobody can have before. */
async function makeFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  for (let at = 0; at < FILE_BYTES; at += 65536) {
    await writer.write(crypto.getRandomValues(new Uint8Array(65536)));
  }
  await writer.close();
}

say("== chat: rooms that survive everything ==\n");
await using first = new Talker("chat", "serve", "--port", "0");
const [, port = ""] = await first.until(LISTENING);
say(`$ tram chat serve --port 0\n${first.lines[0]}\n`);
const join = (nick: string, ...more: string[]) =>
  new Talker("chat", "join", "--port", port, "--nick", nick, ...more);
await Deno.mkdir(`${folder}/inbox`);
await using ada = join("ada");
await using bob = join("bob", "--downloads", "inbox", "--accept");
await using eve = join("eve");
const people = [ada, bob, eve];
for (const one of people) await one.until(/#lobby: \d here/);
await ada.type("Has anybody seen the photo of the roof?");
await eve.until(/photo of the roof/);
await eve.type("BUY MY ROOFS!!!");
await bob.until(/BUY MY ROOFS/);

first.process.kill("SIGKILL");
await bob.until(/not connected/);
await bob.type("This I say while there is no server.");
await using server = new Talker("chat", "serve", "--port", port);
for (const one of [ada, eve]) await one.until(/while there is no server/);

await server.type("!suspend eve 10m advertising");
await eve.until(/You are suspended/);
await eve.type("BUY NOW!!!");
await eve.until(/not sent/);
await bob.type("No, Ada; can you send it to me?");
await ada.until(/send it to me/);
await makeFile(`${folder}/roof.jpg`);
await ada.type("!send bob roof.jpg");
await bob.until(/received from ada/);
await Promise.all(people.map((one) => one.leave()));
server.process.kill("SIGINT");
await server.leave();

say("-- Ada, Bob and Eve talk in #lobby. Meanwhile the server is killed (SIGKILL) and started");
say('   again; and its console silences Eve ("!suspend eve 10m advertising"). What Eve read:\n');
sayLines(eve.lines);
say('-- What Bob read. Ada typed "!send bob roof.jpg", and he accepts what comes:\n');
sayLines(bob.lines);
const sent = await sha256(`${folder}/roof.jpg`);
const received = await sha256(`${folder}/inbox/roof.jpg`);
const isSame = sent === received;
say(`-- The file as Ada has it, and as Bob got it (SHA-256, ${FILE_BYTES} bytes):\n`);
sayLines([sent, received, isSame ? "the same" : "NOT THE SAME"]);
if (!isSame) Deno.exitCode = 1;
