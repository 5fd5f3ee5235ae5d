/**
 * `deno task demo`: a timer server and its clients as processes of their own: round trips of small
 * and large requests, how the two differ, and a steady rate while the server is stopped for half a
 * second; then a collect server and three clients of it; then a chat of three, of whom one is
 * suspended and another gets a file, and a game between two; then the words of a real page, counted
 * by two workers and once more without any. Everything is on this machine and is over in about forty
 * seconds.
 */
const cli = `${import.meta.dirname}/../cli.ts`;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How long the server is stopped, in milliseconds, and how long after the start of the client. */
const STOP_MS = 500;
const STOP_AFTER_MS = 2500;

const folder = await Deno.makeTempDir({ prefix: "tram-demo-" });

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

function tram({ stdin }: Pick<Deno.CommandOptions, "stdin">, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    stdin,
    args: ["run", "-A", cli, ...args],
    cwd: folder,
    env: { TRAM_CONFIG: "none", TRAM_CONFIG_DIR: folder, TRAM_STATE_DIR: folder },
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs tram to its end and shows what it printed. */
async function show(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await tram({ stdin: "null" }, ...args).output();
  say(`$ tram ${args.join(" ")}\n${decoder.decode(stderr)}${decoder.decode(stdout)}`);
  // A rate that a busy machine cannot keep is a result, too: 3.
  const isBusy = code === 3 && args.includes("--rate");
  if (code !== 0 && !isBusy) Deno.exitCode = code;
}

/** Starts a server on a free port and waits until it says where it listens. */
async function startServer(
  ...args: string[]
): Promise<{ process: Deno.ChildProcess; port: string }> {
  const process = tram({ stdin: "null" }, ...args, "--port", "0").spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const part of lines) {
    text += part;
    const port = /listening on \S+:(\d+)\n/.exec(text)?.[1];
    if (port !== undefined) return { process, port };
  }
  const { code } = await process.status;
  throw new Error(`the server ended with ${code} before it was ready`);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Stops the server for a moment: it does not run, and nobody hears from it. */
async function stopForAMoment(server: Deno.ChildProcess): Promise<void> {
  await wait(STOP_AFTER_MS);
  server.kill("SIGSTOP");
  await wait(STOP_MS);
  server.kill("SIGCONT");
}

/** Ends a server as ^C does. */
async function end(server: Deno.ChildProcess): Promise<void> {
  server.kill("SIGINT");
  await server.stderr.cancel();
  await server.status;
}

async function timer(): Promise<void> {
  const { process: server, port } = await startServer("timer", "serve");
  try {
    say(`$ tram timer serve --port 0\nlistening on 127.0.0.1:${port}\n`);
    const ping = ["timer", "ping", "--port", port];
    say("-- One request when the one before is answered, small ones and large ones.\n");
    await show(...ping, "--duration", "2s", "--hdr", "small.hlog");
    await show(...ping, "--duration", "2s", "--hdr", "large.hlog", "--size", "64KiB");
    say("-- How the two differ, and how sure that is.\n");
    await show("timer", "compare", "small.hlog", "large.hlog");
    if (Deno.build.os === "windows") return;
    say("-- 2,000 requests a second, whatever happens; the server is stopped for half a second.\n");
    await Promise.all([
      show(...ping, "--rate", "2000", "--duration", "4s"),
      stopForAMoment(server),
    ]);
  } finally {
    await end(server);
  }
}

async function collect(): Promise<void> {
  const store = ["--store", "demo.sqlite"];
  const { process: server, port } = await startServer("collect", "serve", ...store);
  try {
    say(`$ tram collect serve --port 0\nlistening on 127.0.0.1:${port}\n`);
    say("-- Three clients take a timestamp every 10 ms; each is stored once.\n");
    const send = ["collect", "send", "--port", port, "--duration", "5s"];
    await Promise.all(["ada", "bob", "eve"].map((id) => show(...send, "--id", id)));
    say("-- How far their clocks are off. They share one here, so the truth is 0.\n");
    await show("collect", "report", ...store);
  } finally {
    await end(server);
  }
}

/** How long the chat waits for something to happen, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A process that is talked to: what it prints is kept, line by line, and what is typed reaches it. */
class Talker {
  readonly lines: string[] = [];
  readonly process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  /** Called at each new line. */
  onLine: (line: string) => void = () => {};

  constructor(...args: string[]) {
    this.process = tram({ stdin: "piped" }, ...args).spawn();
    this.#input = this.process.stdin.getWriter();
    const { stdout, stderr } = this.process;
    this.#reading = Promise.all([stdout, stderr].map((stream) => this.#read(stream)));
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.lines.push(line);
        this.onLine(line);
      }
    }
  }

  async type(line: string): Promise<void> {
    await this.#input.write(encoder.encode(`${line}\n`));
  }

  /** Waits until a line matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(10)) {
      for (const line of this.lines) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
    }
    throw new Error(`waited in vain for ${pattern} in:\n${this.lines.join("\n")}`);
  }

  /** Nothing more is typed: a client leaves when all is delivered. */
  async leave(): Promise<void> {
    await this.#input.close();
    await this.#reading;
    await this.process.status;
  }

  /** Ends it whatever it does. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#input.abort().catch(() => {});
    await this.process.status;
  }
}

const LISTENING = /^listening on \S+:(\d+)$/;

function sayLines(lines: readonly string[]): void {
  say(lines.map((line) => `  ${line}`).join("\n") + "\n");
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A file of random bytes, which nobody can have before. */
async function makeFile(path: string, bytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (let at = 0; at < bytes; at += 65536) {
    await file.write(crypto.getRandomValues(new Uint8Array(65536)));
  }
}

async function chat(): Promise<void> {
  await using first = new Talker("chat", "serve", "--port", "0");
  const [, port = ""] = await first.until(LISTENING);
  say(`$ tram chat serve --port 0\n${first.lines[0]}\n`);
  say(
    "-- Ada, Bob and Eve talk in #lobby. Meanwhile the server is killed (SIGKILL) and started again.\n",
  );
  const join = (nick: string, ...more: string[]) => {
    return new Talker("chat", "join", "--port", port, "--nick", nick, ...more);
  };
  await Deno.mkdir(`${folder}/inbox`);
  await using ada = join("ada");
  await using bob = join("bob", "--downloads", "inbox", "--accept");
  await using eve = join("eve");
  for (const one of [ada, bob, eve]) await one.until(/#lobby: \d here/);
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
  const size = 8 * 1024 * 1024;
  await makeFile(`${folder}/roof.jpg`, size);
  await ada.type("!send bob roof.jpg");
  await bob.until(/received from ada/);
  for (const one of [ada, bob, eve]) await one.leave();

  say(
    '-- What Eve read, whom the server\'s console has silenced ("!suspend eve 10m advertising"):\n',
  );
  sayLines(eve.lines);
  say('-- What Bob read. Ada typed "!send bob roof.jpg", and he accepts what comes:\n');
  sayLines(bob.lines);
  const [sent, received] = [
    await sha256(`${folder}/roof.jpg`),
    await sha256(`${folder}/inbox/roof.jpg`),
  ];
  say(`-- The file as Ada has it, and as Bob got it (SHA-256, ${size} bytes):\n`);
  sayLines([sent, received, sent === received ? "the same" : "NOT THE SAME"]);
  if (sent !== received) Deno.exitCode = 1;
  server.process.kill("SIGINT");
  await server.leave();
}

/** A game in which the first player gets the middle row. */
const GAME = { ada: ["b2", "a2", "c2"], bob: ["a1", "a3"] };

async function game(): Promise<void> {
  const flags = ["--mode", "relay", "--game", "tictactoe", "--store", "game.sqlite"];
  await using server = new Talker("chat", "serve", "--port", "0", ...flags);
  const [, port = ""] = await server.until(LISTENING);
  say(
    "-- The same server in relay mode: two clients take turns, and the server knows the rules.\n",
  );
  say(`$ tram chat serve --port 0 ${flags.join(" ")}\n${server.lines[0]}\n`);
  /** A program that plays: when it gets a position with moves, it is its turn. */
  const player = (nick: "ada" | "bob") => {
    const one = new Talker("chat", "join", "--port", port, "--nick", nick, "--json");
    const moves = [...GAME[nick]];
    one.onLine = (line) => {
      const event = JSON.parse(line);
      if (event.type === "state" && event.moves !== undefined) {
        one.type(moves.shift() ?? "fin").catch(() => {});
      }
    };
    return one;
  };
  await using ada = player("ada");
  await ada.until(/"waiting"/); // or Bob might be first
  await using bob = player("bob");
  for (const one of [ada, bob]) await one.until(/"verdict".*"won"/);
  for (const one of [ada, bob]) await one.leave();
  server.process.kill("SIGINT");
  await server.leave();
  await show("chat", "replay", "game.sqlite");
}

/** A page of a real crawl. */
const PAGE = `${import.meta.dirname}/../tests/mapreduce/fixtures/whirlwind.warc.wet.gz`;

/** All parts of an output, each behind its name, as one text. */
async function readParts(output: string): Promise<string> {
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(`${folder}/${output}`)) {
    if (!name.startsWith("part-")) continue;
    parts.push(`${name}\n${await Deno.readTextFile(`${folder}/${output}/${name}`)}`);
  }
  return parts.sort().join("");
}

async function mapreduce(): Promise<void> {
  await Deno.copyFile(PAGE, `${folder}/page.wet.gz`);
  const run = ["mapreduce", "run", "--job", "wordcount"];
  say("-- The words of a page of a real crawl, counted by two worker processes.\n");
  await show(...run, "--workers", "2", "--output", "counts", "--top", "5", "page.wet.gz");
  say("-- The same without workers, by plain code.\n");
  await show(...run, "--workers", "0", "--output", "oracle", "page.wet.gz");
  const [counts, oracle] = [await readParts("counts"), await readParts("oracle")];
  const isSame = counts === oracle && /^de\t31$/m.test(counts);
  say(`-- Both outputs: ${isSame ? "the same, byte for byte" : "NOT THE SAME"}.\n`);
  if (!isSame) Deno.exitCode = 1;
}

try {
  await timer();
  await collect();
  await chat();
  await game();
  await mapreduce();
} finally {
  await Deno.remove(folder, { recursive: true });
}
