/**
 * `deno task demo`: a timer server and its clients as processes of their own: round trips of small
 * and large requests, how the two differ, and a steady rate while the server is stopped for half a
 * second; then a collect server and three clients of it; then the words of a real page, counted by two
 * workers and once more without any. Everything is on this machine and is over in about twenty seconds.
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

function tram(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", cli, ...args],
    cwd: folder,
    env: { TRAM_CONFIG: "none", TRAM_CONFIG_DIR: folder, TRAM_STATE_DIR: folder },
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs tram to its end and shows what it printed. */
async function show(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await tram(...args).output();
  say(`$ tram ${args.join(" ")}\n${decoder.decode(stderr)}${decoder.decode(stdout)}`);
  if (code !== 0) Deno.exitCode = code;
}

/** Starts a server on a free port and waits until it says where it listens. */
async function startServer(
  ...args: string[]
): Promise<{ process: Deno.ChildProcess; port: string }> {
  const process = tram(...args, "--port", "0").spawn();
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
  await mapreduce();
} finally {
  await Deno.remove(folder, { recursive: true });
}
