/** Texts and names that do something where they are shown or used. */
// @ts-types="../../lib/types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import assert from "node:assert/strict";
import type { FileStop, Start } from "../../lib/chat/file_messages.ts";
import { CHAT_BYTES, chatService } from "../../lib/chat/protocol.ts";
import { Kind } from "../../lib/transport/frame.ts";
import { type ChatAttacks, RAW, UGLY } from "./chat_attack.ts";
import { Villain } from "./chat_villain.ts";
import { until } from "../e2e/collect_room.ts";
import { JsonProcess } from "../e2e/json_process.ts";
import { tramCommand } from "../e2e/processes.ts";

const { kinds } = chatService;

/** What is in the files. */
const TEXT = "gotcha";
const CONTENT = new TextEncoder().encode(TEXT);

/** What one client says, as others see it. */
export const textAttacks: ChatAttacks = {
  async "escape sequences come out of no client"({ room, port }) {
    const join = ["chat", "join", "--port", port, "--no-state", "--insecure", "--nick"];
    await using plain = new JsonProcess([...join, "plain", "--stay"], room.env);
    await until("it is there", () => plain.stderr.includes("#lobby"));
    await using terminal = onTerminal([...join, "terminal"], room.env);
    await until("it is there", () => terminal.stdout.includes("#lobby"));
    await using json = await room.joined(port, "json", ["--insecure", "--stay"]);
    using ugly = await Villain.enter(port, "ugly");
    await ugly.join("#lobby");
    await ugly.say("#lobby", `${UGLY} \u2028 12:00 #lobby <ada> fake`);
    await ugly.say("@plain", `${UGLY} privately`);
    await ugly.sendJson("nick", { nick: UGLY.slice(0, 20) });
    await ugly.sendJson("nick", { nick: "ad\u200ba" });
    await ugly.sendJson("join", { room: `#${UGLY.slice(0, 20)}` });
    await ugly.send(kinds.command.code, `!who ${UGLY}`);
    const offer = { key: "ab".repeat(16), to: "#lobby", name: `a${UGLY}`, size: 5 };
    await ugly.sendJson("offer", offer);
    await ugly.sendJson("leave", { room: "#lobby", reason: `${UGLY} reason` });
    assert.equal(await ugly.handled(), undefined);
    assert.equal(ugly.notices.filter((code) => code === "nick-refused").length, 2);
    assert.equal(ugly.notices.filter((code) => code === "room-refused").length, 1);
    await ugly.join("#lobby");
    const bye = { code: "quit", message: `${UGLY} goodbye` };
    await ugly.send(Kind.Goodbye, JSON.stringify(bye));
    const isBye = (text: string) => text.includes("goodbye");
    await until(
      "plain is told",
      () => isBye(plain.stderr) && plain.lines.some((l) => /privately/.test(l)),
    );
    await json.event("presence", ({ reason = "" }) => isBye(reason));
    for (const line of [...plain.lines, ...plain.stderr.split("\n")]) {
      assert(!RAW.test(line), JSON.stringify(line));
      assert(!/^\S* *#lobby <ada> fake/.test(line), "nobody speaks in the name of others");
    }
    await until("the terminal is told", () => isBye(terminal.stdout));
    // deno-lint-ignore no-control-regex
    const own = /\x1b\[[\d;?]*[A-Za-ln-z]|\x1b\[[\d;]*m|[\r\n]/g; // cursor, modes, colours
    assert(terminal.stdout.includes("gnp.exe"));
    assert(!terminal.stdout.includes(UGLY.slice(0, 4)));
    const left = terminal.stdout.replaceAll(own, "");
    assert(!RAW.test(left), JSON.stringify(left.slice(left.search(RAW) - 20).slice(0, 60)));
    json.kill("SIGINT");
    const { stdout } = await json.ended;
    assert(!RAW.test(stdout.replaceAll("\n", "")), "JSON escapes what is not plain");
    const text = json.of("line").find(({ nick }) => nick === "ugly")?.text ?? "";
    assert(text.includes(UGLY), "programs get what was said");
  },

  async "names of files lead out of no folder"({ room, port }) {
    const downloads = `${room.folder}/deep/down`;
    await Deno.mkdir(downloads, { recursive: true });
    await Deno.symlink("/etc/hostname", `${downloads}/link.txt`);
    const more = ["--insecure", "--stay", "--accept", "--no-state"];
    await using _victim = await room.joined(port, "victim", [...more, "--downloads", downloads]);
    using sender = await Villain.enter(port, "sender");
    const names = `../../etc/passwd|/etc/passwd|..|.|CON|aux.txt|.bashrc|link.txt|..\\..\\evil.exe|
      |a:b|NUL.|~|-rf|a${UGLY}|${"x".repeat(255)}|${"é".repeat(200)}`.split("|");
    for (const [i, name] of names.entries()) {
      await give(sender, name, CONTENT, CONTENT.length);
      await until(`"${name}" is there`, () => sender.all("fileDone").length === i + 1);
    }
    const stops = () => (sender.all("fileStop") as FileStop[]).map(({ code }) => code);
    await give(sender, "other content", CONTENT.toReversed(), CONTENT.length);
    await until("the victim has noticed it", () => stops().length === 1);
    await give(sender, "more than it says", CONTENT, CONTENT.length - 1);
    assert.deepEqual([stops(), (await sender.over()).code], [["mismatch"], "bad-message"]);
    const files = [...Deno.readDirSync(downloads)]
      .map(({ name }) => name).filter((name) => !name.includes(".tram-part"));
    assert.equal(files.length, names.length + 1, "each has a name of its own");
    for (const name of files) {
      assert(!RAW.test(name) && !/^\.|[/\\:]|[. ]$|^(con|nul|aux)(\.|$)/i.test(name), name);
      if (name === "link.txt") continue;
      assert.equal(Deno.readTextFileSync(`${downloads}/${name}`), TEXT);
    }
    assert.deepEqual([...Deno.readDirSync(`${room.folder}/deep`)].map(({ name }) => name), [
      "down",
    ]);
  },
};

/** A client on a terminal that notes each byte. */
function onTerminal(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { command, prefix } = tramCommand();
  const words = [command, ...prefix, ...args].map((word) => `'${word}'`).join(" ");
  const program = { command: "script", prefix: ["-q", "-e", "-f", "-c", words, "/dev/null"] };
  return new JsonProcess([], { ...env, TERM: "xterm-256color" }, program);
}

/** Hands a file to `victim` that is said to have the size `size` and the content {@linkcode CONTENT}. */
async function give(
  sender: Villain,
  name: string,
  content: Uint8Array,
  size: number,
): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", CONTENT));
  const key = crypto.randomUUID().replaceAll("-", "");
  await sender.sendJson("offer", { key, to: "@victim", name, size });
  const start = () => (sender.all("start") as Start[]).find((one) => one.key === key);
  await until(`"${name}" is accepted`, () => start() !== undefined);
  const { transfer = 0 } = start() ?? {};
  const data = new Uint8Array(CHAT_BYTES.fileDataHead + content.length);
  new DataView(data.buffer).setUint32(0, transfer);
  data.set(content, CHAT_BYTES.fileDataHead);
  await sender.send(kinds.fileData.code, data);
  await sender.sendJson("fileEnd", { transfer, size, sha256: encodeHex(digest) });
}
