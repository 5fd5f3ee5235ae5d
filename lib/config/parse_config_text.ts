/** Reads TOML or .ini. Their parsers are loaded when there is a file, so that help stays quick. */
import { UsageError } from "./usage_error.ts";

/** Whether a file is read as .ini; everything else is TOML. */
function isIni(path: string): boolean {
  return path.toLowerCase().endsWith(".ini");
}

/**
 * The parser of .ini leaves this name out without a word. Nothing is called so, so it is wrong.
 *
 * @throws {UsageError}
 */
function checkIniNames(text: string, path: string, unsafe: (text: string) => unknown): void {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const [, section, key] = /^\[([^\]]*)\]\s*$|^([^=]+)/.exec(line) ?? [];
    if (!String(unsafe(section ?? key ?? "")).includes("__proto__")) continue;
    const what = section === undefined ? "key" : "section";
    throw new UsageError(
      `Cannot use ${path}: line ${index + 1}: no ${what} has the name __proto__`,
    );
  }
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
    const { parse, unsafe } = await import("ini");
    checkIniNames(withoutMark, path, unsafe);
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
