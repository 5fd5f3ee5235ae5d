/** The command line as a whole: which subcommands there are and how the library talks to users. */
import {
  ArgumentParseError,
  buildApplication,
  help as helpFlag,
  run,
  text_en,
  version as versionFlag,
} from "@stricli/core";
import { chat } from "./chat/declaration.ts";
import { collect } from "./collect/declaration.ts";
import { complete, completion } from "./completion/declaration.ts";
import { buildRoutes, type ProgramSpec } from "./config/build_routes.ts";
import type { CommandTable, Program } from "./config/command.ts";
import { ExitCode } from "./config/exit_code.ts";
import { help } from "./config/help_command.ts";
import { SecretValueError } from "./config/parse_option.ts";
import type { TramContext } from "./context.ts";
import { launch } from "./launch/declaration.ts";
import { mapreduce } from "./mapreduce/declaration.ts";
import { safeText } from "./terminal/safe_text.ts";
import { timer } from "./timer/declaration.ts";
import { tls } from "./tls/declaration.ts";
import { token } from "./token/declaration.ts";
import { PROTOCOL_VERSION } from "./transport/frame.ts";
import { VERSION } from "./version.ts";

const spec: ProgramSpec = {
  brief: "Tools for a room full of machines, on one framed TCP transport",
  examples: [
    { args: "timer serve", brief: "Answer on this machine" },
    { args: "timer ping --count 100", brief: "Measure the path to it" },
    { args: "help timer ping", brief: "What else ping can do" },
  ],
  subcommands: [timer, collect, chat, mapreduce, launch, token, tls],
  commands: [completion, help, complete],
};

/** All commands, hidden ones too. */
export const catalog: readonly CommandTable[] = [
  ...spec.subcommands.flatMap(({ commands }) => commands),
  ...spec.commands,
];

/** Sections that a configuration file may have; some subcommands are still being built. */
const SECTIONS = [
  ...spec.subcommands.map(({ name }) => name),
  ...["launch"],
];

const documentation = {
  caseStyle: "convert-camel-to-kebab",
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: false,
} as const;
const currentVersion = `tram ${VERSION} (protocol tram/${PROTOCOL_VERSION}, ` +
  `Deno ${Deno.version.deno})`;

/** The command line, with help for a terminal of so many columns. */
function programFor(columns: number | undefined): Program {
  const application = buildApplication<TramContext>(
    buildRoutes(spec, () => program, columns),
    {
      name: "tram",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      documentation,
      localization: {
        text: {
          ...text_en,
          exceptionWhileParsingArguments: (error) => usageLine(error),
          noCommandRegisteredForInput: (given) =>
            `tram: ${safeText(text_en.noCommandRegisteredForInput(given))}`,
        },
      },
    },
    {
      help: helpFlag({
        brief: "Print this help",
        alias: "h",
        defaultForRouteMap: true,
        complete: true,
        formatting: documentation,
      }),
      version: versionFlag({
        brief: "Print the versions of tram, its protocol, Deno",
        info: { currentVersion },
        complete: true,
      }),
    },
  );
  const program: Program = { application, catalog, sections: [...new Set(SECTIONS)] };
  return program;
}

/** One line out of what the library says about a wrong command line. */
function usageLine(error: unknown): string {
  if (error instanceof ArgumentParseError && error.exception instanceof SecretValueError) {
    return `tram: Cannot use --${error.externalFlagNameOrPlaceholder}: ${error.exception.message}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  const wanted = message.replace(
    /Cannot convert (.*) to a boolean$/s,
    'wanted true or false, got "$1"',
  );
  return `tram: ${safeText(wanted)}`;
}

/** Runs a command line; how it ended is in `context.process.exitCode`. */
export async function runTram(args: readonly string[], context: TramContext): Promise<void> {
  const { application } = programFor(context.process.stdout.columns);
  await run(application, args, context);
  const { exitCode } = context.process;
  if (typeof exitCode === "number" && exitCode < 0) context.process.exitCode = ExitCode.Usage;
}
