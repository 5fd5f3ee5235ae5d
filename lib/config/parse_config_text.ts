/** Reads TOML or .ini. Their parsers are loaded when there is a file, so that help stays quick. */
import { UsageError } from "./usage_error.ts";

/** Whether a file is read as .ini; everything else is TOML. */
function isIni(path: string): boolean {
  return path.toLowerCase().endsWith(".ini");
}

/**
 * What stands in the text of a configuration file.
 *
 * @throws {UsageError} with file, line and column when it cannot be read
 */
export async function parseConfigText(
  text: string,
  path: string,
): Promise<Readonly<Record<string, unknown>>> {
  const withoutMark = text.replace(/^\ufeff/, "");
  if (isIni(path)) {
    // @ts-types="../types/ini.d.ts"
    const { parse } = await import("ini");
    return parse(withoutMark);
  }
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(withoutMark);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "");
    throw new UsageError(
      `Cannot use ${path}: line ${error.line}, column ${error.column}: ${what}`,
      { cause: error },
    );
  }
}
