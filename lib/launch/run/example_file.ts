/** What `tram launch init` writes. It works as it is. */
export const EXAMPLE_FILE =
  `# A room that tram launch up runs: a server, clients that need it, and a report.
name = "lesson"

[roles.server]
# A program and its arguments ("tram" is this very tram), or a line for sh: run = "sleep 10 | cat"
run = ["tram", "collect", "serve", "--port", "0", "--store", ":memory:"]
# Ready when it writes such a line; the groups with names are variables for others: {server.port}.
# Or: { log = "regex" } on either output, { tcp = 7770 }, { exit = true }. With timeout = "10s".
ready = { line = 'listening on \\S+:(?<port>\\d+)' }
# restart = "on-failure"        # never, on-failure or always; up to restart_limit times in a row
# stop_grace = "5s"             # from TERM to KILL

[roles.client]
after = ["server"]              # starts when that is ready
copies = 3                      # client.1, client.2, client.3; each has its TRAM_INDEX
run = ["tram", "collect", "send", "--port", "{server.port}", "--duration", "3s", "--id", "c-{index}"]
# machines = "room.hosts"       # run them there instead of here
# env = { GREETING = "hello" }
# required = false              # its failure is none of the whole

[roles.report]
after_end = ["client"]          # starts when those have ended
after = ["server"]
run = ["tram", "collect", "report", "--live", "--port", "{server.port}"]
output = "plain"                # without "report |" before each line; or "quiet"

[end]
# Everything ends when these have.
roles = ["client", "report"]
`;
