import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Action,
  CLIENT_COMMANDS,
  maxTypedBytes,
  parseTyped,
} from "../../../lib/chat/client/client_commands.ts";

const COOKIE = "AQIDBAUGBwgJCgsMDQ4PEKur".concat("q6ur".repeat(10));
const SESSION = {
  id: "0102030405060708090a0b0c0d0e0f10",
  cookie: new Uint8Array(32).fill(0xab),
};

const TYPED: readonly (readonly [string, Action])[] = [
  ["hello", { type: "say", text: "hello" }],
  ["  spaced  ", { type: "say", text: "  spaced  " }],
  ["!!important", { type: "say", text: "!important" }],
  ["!join #Dev", { type: "join", room: "#dev" }],
  ["!join dev", { type: "join", room: "#dev" }],
  ["!JOIN  #dev ", { type: "join", room: "#dev" }],
  ["!leave", { type: "leave", room: undefined, reason: "" }],
  ["!leave for lunch", { type: "leave", room: undefined, reason: "for lunch" }],
  ["!leave #dev for lunch", { type: "leave", room: "#dev", reason: "for lunch" }],
  ["!msg bob", { type: "private", nick: "bob", text: "" }],
  ["!msg @bob two  words", { type: "private", nick: "bob", text: "two  words" }],
  ["!r yes", { type: "reply", text: "yes" }],
  ["!nick ada", { type: "nick", nick: "ada" }],
  ["!history", { type: "history", limit: 20 }],
  ["!history 5", { type: "history", limit: 5 }],
  ["!ignore @bob", { type: "ignore", nick: "bob" }],
  ["!unignore bob", { type: "unignore", nick: "bob" }],
  ["!ignored", { type: "ignored" }],
  ["!cookie", { type: "cookie" }],
  ["!reconnect", { type: "reconnect", session: undefined }],
  [`!reconnect ${COOKIE} `, { type: "reconnect", session: SESSION }],
  [`!reconnect ${COOKIE.slice(1)}`, { type: "part-of-cookie", part: COOKIE.slice(1) }],
  ["!send bob a file.txt", { type: "send", to: "@bob", path: "a file.txt" }],
  ["!send #Dev /tmp/x", { type: "send", to: "#dev", path: "/tmp/x" }],
  ["!accept", { type: "accept", number: undefined }],
  ["!accept 3", { type: "accept", number: 3 }],
  ["!reject 3", { type: "reject", number: 3 }],
  ["!cancel 3", { type: "cancel", number: 3 }],
  ["!files", { type: "files" }],
  ["!quit", { type: "quit", message: "" }],
  ["!quit see you", { type: "quit", message: "see you" }],
  ["!help", { type: "help" }],
  ["!list #dev", { type: "command", text: "!list #dev" }],
  ["!ban bob 7d spam ", { type: "command", text: "!ban bob 7d spam" }],
  ["!lst", { type: "command", text: "!lst" }], // the server knows what was meant
];

for (const [typed, action] of TYPED) {
  Deno.test(`parseTyped() reads ${typed.slice(0, 40)}`, () => {
    assert.deepEqual(parseTyped(typed), action);
  });
}

const WRONG: readonly (readonly [string, RegExp])[] = [
  ["!jion #dev", /^There is no command !jion; did you mean !join\?$/],
  ["!join", /^Wanted: !join ROOM$/],
  ["!join two words", /^Wanted: !join ROOM$/],
  ["!msg", /^Wanted: !msg NICK \[TEXT\]$/],
  ["!history no", /^Wanted: !history \[N\]$/],
  ["!history 501", /^Wanted/],
  ["!cancel", /^Wanted: !cancel N$/],
  ["!accept x", /^Wanted/],
  ["!reconnect now", /^Wanted: !reconnect/],
  [`!reconnect ${"ab".repeat(16)}:${"ab".repeat(32)}`, /^Wanted: !reconnect \[COOKIE\]$/],
  ["!send bob", /^Wanted: !send NICK\|#ROOM FILE$/],
  ["x".repeat(4097), /^Cannot send a line of 4097 bytes: at most 4096 go$/],
  ["é".repeat(2049), /^Cannot send a line of 4098 bytes: at most 4096 go$/],
  [`!msg bob ${"x".repeat(4097)}`, /at most 4096 go$/],
  [`!ban bob ${"x".repeat(1100)}`, /^Cannot send a command of 1109 bytes: at most 1024 go$/],
];

for (const [typed, why] of WRONG) {
  Deno.test(`parseTyped() says what is wrong with ${typed.slice(0, 20)}`, () => {
    const action = parseTyped(typed);
    assert.equal(action.type, "wrong");
    assert.match(action.type === "wrong" ? action.why : "", why);
  });
}

Deno.test("maxTypedBytes() lets as much be typed as can be said", () => {
  for (const before of ["", "!!", "!msg bob ", "!MSG  @字 ", "!r "]) {
    const bytes = (text: string) => new TextEncoder().encode(text).length;
    const most = maxTypedBytes(`${before}x`) - bytes(before);
    assert.notEqual(parseTyped(before + "x".repeat(most)).type, "wrong", before);
    assert.equal(parseTyped(before + "x".repeat(most + 1)).type, "wrong", before);
  }
});

Deno.test("parseTyped() says what does not begin with !, as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
    fc.pre(!text.startsWith("!"));
    assert.deepEqual(parseTyped(text), { type: "say", text });
    assert.deepEqual(parseTyped(`!!${text}`), { type: "say", text: `!${text}` });
  }));
});

Deno.test("parseTyped() throws at nothing, and what it reads fits into a frame", () => {
  const rest = fc.string({ unit: "binary", maxLength: 1200 });
  const command = fc.constantFrom(...Object.keys(CLIENT_COMMANDS), "list", "x");
  fc.assert(
    fc.property(command, rest, (name, rest) => {
      const action = parseTyped(`!${name} ${rest}`);
      if (action.type !== "command") return;
      assert(new TextEncoder().encode(action.text).length <= 1024);
    }),
    { numRuns: 50 },
  );
});
