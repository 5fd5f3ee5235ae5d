import { run } from "@stricli/core";
import type { TramContext } from "../context.ts";
import type { Program } from "./command.ts";
import { didYouMean } from "./did_you_mean.ts";
import { ExitCode } from "./exit_code.ts";
import { nextWords } from "./help_command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The body of `tram help`.
 *
 * @throws {UsageError} when there is no such command
 */
export async function printHelp(
  context: TramContext,
  { topics }: { readonly topics: readonly string[] },
  program: Program,
): Promise<ExitCode> {
  for (const [place, word] of topics.entries()) {
    const words = nextWords(program, topics.slice(0, place));
    if (words.includes(word)) continue;
    const topic = topics.slice(0, place + 1).join(" ");
    throw new UsageError(`There is no command "tram ${topic}"${didYouMean(word, words)}`);
  }
  await run(program.application, [...topics, "--help"], context);
  return ExitCode.Done;
}
