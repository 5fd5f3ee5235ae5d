/** The command line as a whole: which subcommands there are and how the library talks to users. */
import { buildApplication, buildRouteMap, run, text_en } from "@stricli/core";
import { ExitCode } from "./config/exit_code.ts";
import type { TramContext } from "./context.ts";
import { safeText } from "./terminal/safe_text.ts";
import { timerRoutes } from "./timer/declaration.ts";
import { tokenRoutes } from "./token/declaration.ts";
import { PROTOCOL_VERSION } from "./transport/frame.ts";
import { VERSION } from "./version.ts";

const app = buildApplication<TramContext>(
  buildRouteMap({
    routes: { timer: timerRoutes, token: tokenRoutes },
    docs: {
      brief: "Tools for a room full of machines, on one framed TCP transport",
      fullDescription: "Tools for a room full of machines, on one framed TCP transport.\n\n" +
        "  tram timer serve             answer on this machine\n" +
        "  tram timer ping --count 100  and measure the path to it",
    },
  }),
  {
    name: "tram",
    versionInfo: {
      currentVersion: `${VERSION} (protocol tram/${PROTOCOL_VERSION}, Deno ${Deno.version.deno})`,
    },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", useAliasInUsageLine: false },
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: (error) => usageLine(error),
        noCommandRegisteredForInput: (given) =>
          `tram: ${text_en.noCommandRegisteredForInput(given)}`,
      },
    },
  },
);

/** One line out of what the library says about a wrong command line. */
function usageLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `tram: ${safeText(message)}`;
}

/** Runs a command line; how it ended is in `context.process.exitCode`. */
export async function runTram(args: readonly string[], context: TramContext): Promise<void> {
  await run(app, args, context);
  const { exitCode } = context.process;
  if (typeof exitCode === "number" && exitCode < 0) context.process.exitCode = ExitCode.Usage;
}
