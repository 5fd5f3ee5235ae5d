/** Two programs play against each other: `deno run game.ts FOLDER PORT`. */
import { given, say, show, Talker } from "./tram.ts";

/** A game in which the first player gets the middle row. */
const GAME = { ada: ["b2", "a2", "c2"], bob: ["a1", "a3"] };

const [port = ""] = given;

/** A program that plays: when it gets a position with moves, it is its turn. */
function player(nick: "ada" | "bob"): Talker {
  const one = new Talker("chat", "join", "--port", port, "--nick", nick, "--json");
  const moves = [...GAME[nick]];
  one.onLine = (line) => {
    const event = JSON.parse(line);
    if (event.type === "state" && event.moves !== undefined) {
      one.type(moves.shift() ?? "fin").catch(() => {});
    }
  };
  return one;
}

say("-- The same server in relay mode: two clients take turns, and the server knows the rules.\n");
const flags = "--mode relay --game tictactoe --store game.sqlite";
say(`$ tram chat serve --port 0 ${flags}\nlistening on 127.0.0.1:${port}\n`);
await using ada = player("ada");
await ada.until(/"waiting"/); // or Bob might be first
await using bob = player("bob");
for (const one of [ada, bob]) await one.until(/"verdict".*"won"/);
await Promise.all([ada, bob].map((one) => one.leave()));
await show(["chat", "replay", "game.sqlite"]);
