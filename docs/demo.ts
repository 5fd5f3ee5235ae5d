/**
 * `deno task demo`: a timer server and two clients as processes of their own, and what they
 * measured. Everything is on this machine and is over in a few seconds.
 */
const cli = `${import.meta.dirname}/../cli.ts`;
const encoder = new TextEncoder();

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

function tram(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", cli, ...args],
    stdout: "piped",
    stderr: "piped",
  });
}

/** Starts a server on a free port and waits until it says where it listens. */
async function startServer(): Promise<{ process: Deno.ChildProcess; port: string }> {
  const process = tram("timer", "serve", "--port", "0").spawn();
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

const server = await startServer();
try {
  say(`$ tram timer serve --port 0\nlistening on 127.0.0.1:${server.port}\n`);
  const decoder = new TextDecoder();
  const counts = ["20000", "20000"];
  const pings = counts.map((count) =>
    tram("timer", "ping", "--port", server.port, "--count", count).output()
  );
  for (const [index, ping] of pings.entries()) {
    const { code, stdout, stderr } = await ping;
    say(`$ tram timer ping --port ${server.port} --count ${counts[index]}   # client ${index + 1}`);
    say(decoder.decode(stdout) + decoder.decode(stderr));
    if (code !== 0) Deno.exitCode = code;
  }
} finally {
  server.process.kill("SIGINT");
  await server.process.stderr.cancel();
  await server.process.status;
}
