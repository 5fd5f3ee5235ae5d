/** Runs the body of a command and turns what it throws into one line and an exit code. */
import type { CommandBody, TramContext } from "../context.ts";
import { cutText } from "../log/cut_text.ts";
import { safeText } from "../terminal/safe_text.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { ExitCode } from "./exit_code.ts";
import { UsageError } from "./usage_error.ts";

const REFUSALS: ReadonlySet<string> = new Set([
  LineErrorCode.Version,
  LineErrorCode.UnknownService,
  LineErrorCode.TokenRequired,
  LineErrorCode.BadToken,
  LineErrorCode.ServerUnproven,
  LineErrorCode.Untrusted,
  LineErrorCode.BadSession,
  LineErrorCode.TakenOver,
  LineErrorCode.Full,
]);

/** What would help after a refusal. */
const HINTS: Readonly<Record<string, string>> = {
  [LineErrorCode.TokenRequired]: "; give the server's token with --token-file or TRAM_TOKEN",
  [LineErrorCode.BadToken]: "; give the server's token with --token-file or TRAM_TOKEN",
  [LineErrorCode.ServerUnproven]: "; --insecure goes on all the same",
  [LineErrorCode.TlsWanted]: "; give the certificate of its authority with --tls-ca",
  [LineErrorCode.NoTls]: "; --tls-ca none if it shall not",
};

/** The exit code that stands for an error. */
function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof SyntaxError) return ExitCode.Usage;
  if (!(error instanceof LineError)) return ExitCode.Failed;
  if (REFUSALS.has(error.code) || error.code.includes(".")) return ExitCode.Refused;
  return error.isPassing ? ExitCode.Unreachable : ExitCode.Failed;
}

/** Longest message that is shown whole: paths and values may stand in it, but no megabytes. */
const MAX_MESSAGE_CHARS = 5000;

/** One line for people: what, where, what would be right. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = safeText(cutText(message.split("\n", 1)[0] ?? "", MAX_MESSAGE_CHARS));
  if (!(error instanceof LineError)) return line;
  const who = error.origin === "peer" ? "The server refused: " : "";
  return `${who}${line}${Object.hasOwn(HINTS, error.code) ? HINTS[error.code] : ""}`;
}

/** A function for the command line library out of the body of a command. */
export function runCommand<Flags>(
  body: CommandBody<Flags>,
): (this: TramContext, flags: Flags) => Promise<void> {
  return async function (this: TramContext, flags: Flags) {
    try {
      this.process.exitCode = await body(this, flags);
    } catch (error) {
      if (this.signal.aborted && error === this.signal.reason) {
        this.process.exitCode = ExitCode.Interrupted;
        return;
      }
      this.process.stderr.write(`tram: ${errorLine(error)}\n`);
      this.process.exitCode = exitCodeOf(error);
    }
  };
}
