/** The line that changes, on a terminal of 40 columns. `script` makes one, wherever this runs. */
import assert from "node:assert/strict";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { startServer, tramCommand, TramProcess } from "./processes.ts";

const COLUMNS = 40;

/** What a terminal makes of what tram writes to it; only what tram uses. */
function screenOf(output: string): string[] {
  const lines = [""];
  let column = 0;
  // deno-lint-ignore no-control-regex
  for (const [part] of output.matchAll(/\u001b\[[?0-9;]*[a-zA-Z]|[^]/gu)) {
    const line = lines.at(-1) ?? "";
    if (part === "\n") lines.push("");
    if (part === "\r" || part === "\n") column = 0;
    else if (part === "\u001b[K") lines[lines.length - 1] = line.slice(0, column);
    else if (!part.startsWith("\u001b")) {
      lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  return lines;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

Deno.test("timer ping shows a line while it runs, and a result that fits, on 40 columns", async () => {
  if (Deno.build.os !== "linux") return;
  const { process: server, port } = await startServer();
  await using _ = server;
  const { command, prefix } = tramCommand();
  const args = ["timer", "ping", "--port", port, "--rate", "500", "--duration", "2s"];
  const line = [command, ...prefix, ...args].map(quoted).join(" ");
  await using terminal = new TramProcess(
    ["-qec", `stty cols ${COLUMNS} rows 24; exec ${line}`, "/dev/null"],
    { TERM: "xterm", SHELL: "/bin/sh" },
    "script",
  );
  await terminal.matching(/\d sent {2}\d[^\n]+\/s/); // the result has a comma there
  const { code, stdout } = await terminal.ended;
  assert([0, 3].includes(code), stdout); // 3: the machine was too busy for the rate
  const screen = screenOf(stdout);
  for (const text of screen) {
    assert(displayWidth(text) <= COLUMNS, `${displayWidth(text)}: ${text}`);
  }
  assert.match(screen[0] ?? "", /^127\.0\.0\.1:\d+, open loop/, "the line is gone");
  assert.match(screen.join("\n"), /^1,000 sent,/m);
  assert.match(screen.join("\n"), /█/);
});
