/**
 * What ssh says when it fails, as a problem and a line about it. Source: the messages of OpenSSH
 * (ssh.c, sshconnect.c, sshconnect2.c, packet.c, misc.c), which are not translated.
 */
import { cutText } from "../../log/cut_text.ts";
import { HostProblem } from "./host_error.ts";

/** What went wrong, and what would be right. */
export interface Explanation {
  readonly problem: HostProblem;
  /** One line to stand behind `Cannot reach NAME: `; may hold what the other side said. */
  readonly line: string;
}

/** Longest word of ssh that is handed on, in characters. */
const MAX_WORD_CHARS = 300;

type Rule = readonly [RegExp, HostProblem, string | ((match: RegExpExecArray) => string)];

/** Looked at in this order, since ssh may say several of these things. */
const RULES: readonly Rule[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED[^]*?(?:Offending \S+ key in (\S+))?/,
    HostProblem.HostKeyChanged,
    "its host key is not the one that is known: either it was set up anew, or somebody is in " +
    'between; when you are sure, remove the old one by "ssh-keygen -R"',
  ],
  [
    /Host key verification failed|No \S+ host key is known for/,
    HostProblem.HostKeyUnknown,
    'its host key is not known here: compare it and take it by "ssh" once, or let ssh take all new ' +
    "ones by --ssh-option StrictHostKeyChecking=accept-new",
  ],
  [
    /Permission denied \(([^)]*)\)|Too many authentication failures/,
    HostProblem.Denied,
    (match) =>
      `it does not let this user in${match[1] ? ` (it takes ${match[1]})` : ""}; a key without ` +
      "a password is needed, or one that an agent holds",
  ],
  [
    /Could not resolve hostname/,
    HostProblem.UnknownHost,
    "nobody knows a machine of this name",
  ],
  [
    /Exceeded MaxStartups|Not allowed at this time|kex_exchange_identification|banner exchange: .*(?:reset|closed|broken)|ssh_exchange_identification|Connection (?:reset|closed) by|Connection to \S+ closed by remote host/i,
    HostProblem.Busy,
    "it closes new connections, as one does that has too many of them",
  ],
  [/Connection refused/, HostProblem.Refused, "nothing listens there; does sshd run?"],
  [
    /(?:Connection|Operation|banner exchange:?.*) timed out|Timeout, server .* not responding/i,
    HostProblem.TimedOut,
    "it does not answer",
  ],
  [
    /No route to host|Network is (?:unreachable|down)|Host is down/,
    HostProblem.Unreachable,
    "no way leads there",
  ],
  [
    /Bad configuration option|Bad owner or permissions on|Can't open user config file|command-line: line 0|unknown option|illegal option|no argument after keyword/i,
    HostProblem.NoSsh,
    (match) => `ssh does not take its settings: ${cutText(lineAround(match), MAX_WORD_CHARS)}`,
  ],
  [
    /no mutual signature|Unable to negotiate|no matching .* found/i,
    HostProblem.Other,
    (match) =>
      `ssh here and there have nothing in common: ${cutText(lineAround(match), MAX_WORD_CHARS)}`,
  ],
];

/** The whole line that a match stands in. */
function lineAround({ input, index }: RegExpExecArray): string {
  const from = input.lastIndexOf("\n", index) + 1;
  const end = input.indexOf("\n", index);
  return input.slice(from, end < 0 ? undefined : end).trim();
}

/** Why no command began over there, out of what ssh wrote to standard error and its exit code. */
export function explainNoStart(errors: string, code: number): Explanation {
  for (const [pattern, problem, line] of RULES) {
    const match = pattern.exec(errors);
    if (match !== null) return { problem, line: typeof line === "string" ? line : line(match) };
  }
  const last = lastLine(errors);
  const said = last === "" ? "" : `: ${cutText(last, MAX_WORD_CHARS)}`;
  return code === 255
    ? { problem: HostProblem.Other, line: `ssh failed${said}` }
    : { problem: HostProblem.Unfit, line: `no POSIX shell runs there (exit code ${code})${said}` };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
