/** Runs a command out of its table: gathers the values of its options, then calls its body. */
import type { TramContext } from "../context.ts";
import { safeText } from "../terminal/safe_text.ts";
import { Screen } from "../terminal/screen.ts";
import type { CommandTable, Program } from "./command.ts";
import { envValues, unknownVariables } from "./env_values.ts";
import { openCommandLog } from "./command_log.ts";
import { ExitCode } from "./exit_code.ts";
import { fileValues } from "./file_values.ts";
import { findConfigFile } from "./find_config_file.ts";
import { kebabName, variableName } from "./option_names.ts";
import { parseConfigText } from "./parse_config_text.ts";
import { errorLine } from "./run_command.ts";
import { type GivenFlag, resolve, type Resolved } from "./resolve.ts";
import { settleTls } from "./settle_tls.ts";
import { stackLines } from "./stack_lines.ts";
import { UsageError } from "./usage_error.ts";

/** What stands on the command line. */
export interface Given {
  /** Flags by the option's name. */
  readonly flags: ReadonlyMap<string, GivenFlag>;
  /** Positional arguments by name. */
  readonly positional: Readonly<Record<string, unknown>>;
  /** File that `--config` names. */
  readonly config: string | undefined;
  readonly showConfig: boolean;
}

/** @throws {UsageError} when nobody gives what somebody has to give */
function checkRequired(
  { path, options }: CommandTable,
  resolved: ReadonlyMap<string, Resolved>,
): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.kind === "switch" || !option.required) continue;
    if (resolved.get(name)?.text !== undefined) continue;
    throw new UsageError(
      `Cannot run tram ${path.join(" ")} without --${kebabName(name)}: give it, or set ` +
        variableName(path[0], name),
    );
  }
}

/** Whether the line is to be encrypted. */
function hasTls({ tlsCert, tlsKey, tlsCa }: Readonly<Record<string, unknown>>): boolean {
  return (tlsCert ?? tlsKey ?? tlsCa) !== undefined;
}

/** Runs a command. @throws {UsageError} when a value is wrong or missing */
export async function runTable(
  context: TramContext,
  table: CommandTable,
  given: Given,
  program: Program,
): Promise<ExitCode> {
  const { stdout, stderr, env } = context.process;
  const values: Record<string, unknown> = { ...given.positional };
  if (Object.keys(table.options).length > 0) {
    for (const line of unknownVariables(table.path[0] ?? "", program.catalog, env)) {
      stderr.write(`tram: warning: ${safeText(line)}\n`);
    }
    const file = await findConfigFile(context, given.config);
    const inFile = file === undefined ? new Map() : fileValues(
      { path: file.path, data: await parseConfigText(file.text, file.path) },
      table,
      program,
    );
    const sources = { flags: given.flags, env: envValues(table, env), file: inFile };
    const resolved = settleTls(resolve(table.options, sources));
    for (const [name, { value }] of resolved) values[name] = value;
    if (given.showConfig) {
      const { configJson, configText } = await import("./show_config.ts");
      stdout.write(
        values["json"] === true
          ? `${configJson(table, resolved, file?.path)}\n`
          : configText(table, resolved, stdout.columns),
      );
      return ExitCode.Done;
    }
    checkRequired(table, resolved);
  }
  const screen = new Screen(stderr);
  const above = { ...context, process: { ...context.process, stderr: screen } };
  const [body, log] = await Promise.all([table.load(), openCommandLog(above, table, values)]);
  await using _ = log;
  try {
    const network = hasTls(values)
      ? await (await import("./network_of.ts")).networkOf(above, {
        ...{ table, values, log, flags: given.flags },
      })
      : above.network;
    return await body({ ...above, network, log, screen }, values, program);
  } catch (error) {
    if (error === context.signal.reason) throw error;
    // The line that everybody gets comes later, and says what; this says where.
    if (log.isOn("debug") && !(error instanceof UsageError)) {
      for (const line of stackLines(error)) log.error(line);
    }
    log.lastWord(errorLine(error));
    throw error;
  }
}
