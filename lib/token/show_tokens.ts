import { ExitCode } from "../config/exit_code.ts";
import { readUserTokens, userTokenPath } from "../config/user_token.ts";
import type { TramContext } from "../context.ts";
import { formatToken } from "../transport/token.ts";

/** `tram token show`: prints the user's own token file. */
export async function showTokens(context: TramContext): Promise<ExitCode> {
  const tokens = await readUserTokens(context);
  if (tokens === undefined) {
    const path = userTokenPath(context);
    context.process.stderr.write(
      `tram: there is no token at ${path}; make one with "tram token new"\n`,
    );
    return ExitCode.Failed;
  }
  for (const token of tokens) context.process.stdout.write(`${formatToken(token)}\n`);
  return ExitCode.Done;
}
