import assert from "node:assert/strict";
import { explainNoStart } from "../../../lib/launch/ssh/explain_ssh.ts";
import { HostProblem } from "../../../lib/launch/ssh/host_error.ts";

/** What OpenSSH 9.2 says, and what it means. */
const SAID: readonly (readonly [string, HostProblem])[] = [
  ["ssh: Could not resolve hostname n1: Name or service not known", HostProblem.UnknownHost],
  ["ssh: connect to host n1 port 22: Connection refused", HostProblem.Refused],
  ["ssh: connect to host n1 port 22: Connection timed out", HostProblem.TimedOut],
  ["ssh: connect to host n1 port 22: No route to host", HostProblem.Unreachable],
  ["ssh: connect to host n1 port 22: Network is unreachable", HostProblem.Unreachable],
  ["Connection timed out during banner exchange", HostProblem.TimedOut],
  ["ada@n1: Permission denied (publickey,password).", HostProblem.Denied],
  ["Received disconnect from ::1 port 22:2: Too many authentication failures", HostProblem.Denied],
  [
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending key in x:1\n" +
    "Host key verification failed.",
    HostProblem.HostKeyChanged,
  ],
  [
    "No ED25519 host key is known for [127.0.0.1]:22 and you have requested strict checking.\n" +
    "Host key verification failed.",
    HostProblem.HostKeyUnknown,
  ],
  ["kex_exchange_identification: read: Connection reset by peer", HostProblem.Busy],
  ["kex_exchange_identification: Connection closed by remote host", HostProblem.Busy],
  ["kex_exchange_identification: banner line 0: Exceeded MaxStartups", HostProblem.Busy],
  ["Connection closed by 192.0.2.7 port 22", HostProblem.Busy],
  ["Connection reset by 192.0.2.7 port 22", HostProblem.Busy],
  ["command-line: line 0: Bad configuration option: nosuch", HostProblem.NoSsh],
  ["/x/config: terminating, 1 bad configuration options", HostProblem.NoSsh],
  ["Can't open user config file /x: No such file or directory", HostProblem.NoSsh],
];

for (const [said, problem] of SAID) {
  Deno.test(`explainNoStart() knows ${JSON.stringify(said.slice(0, 60))}`, () => {
    const explanation = explainNoStart(`Warning: Permanently added 'n1'.\r\n${said}\r\n`, 255);
    assert.equal(explanation.problem, problem);
    assert.doesNotMatch(explanation.line, /\n|\.$/);
  });
}

Deno.test("explainNoStart() hands on the last line of what it does not know, cut", () => {
  const { problem, line } = explainNoStart(`one\n${"x".repeat(9999)}\n`, 255);
  assert.equal(problem, HostProblem.Other);
  assert.match(line, /^ssh failed: x+/);
  assert(line.length < 400);
});

Deno.test("explainNoStart() knows a machine without a shell by the exit code", () => {
  const said = "'exec' is not recognized as an internal or external command";
  const { problem, line } = explainNoStart(said, 1);
  assert.equal(problem, HostProblem.Unfit);
  assert.match(line, /^no POSIX shell runs there \(exit code 1\): 'exec' is not/);
});
