import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import { userTokenPath } from "../config/user_token.ts";
import type { TramContext } from "../context.ts";
import { formatToken, newToken, parseTokens } from "../transport/token.ts";

/** `tram token new [NAME]`: adds a token to the user's own file. */
export async function createToken(context: TramContext, name = ""): Promise<ExitCode> {
  const path = userTokenPath(context);
  const token = newToken(name);
  await context.files.appendSecret(path, (text) => {
    const known = text.trim() === "" ? [] : parseTokens(text, path);
    if (known.some((other) => other.name === name)) {
      throw new UsageError(
        `Cannot make token ${name === "" ? "without a name" : `"${name}"`}: ${path} has one; ` +
          "take another name, or remove its line first",
      );
    }
    return `${text === "" || text.endsWith("\n") ? "" : "\n"}${formatToken(token)}\n`;
  });
  context.process.stderr.write(
    `tram: wrote a new token to ${path}; "tram token show" prints it for other machines\n`,
  );
  return ExitCode.Done;
}
