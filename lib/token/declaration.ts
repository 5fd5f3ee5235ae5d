/** The subcommand `token`: its flags and help. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { runCommand } from "../config/run_command.ts";
import type { TramContext } from "../context.ts";

const create = buildCommand<Record<never, never>, [name?: string], TramContext>({
  loader: async () => {
    const { createToken } = await import("./create_token.ts");
    return function (this: TramContext, _flags, name) {
      return runCommand((context) => createToken(context, name)).call(this, {});
    };
  },
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "Name that servers know the token by",
        parse: String,
        optional: true,
        placeholder: "NAME",
      }],
    },
  },
  docs: {
    brief: "Make a token of 256 random bits and keep it in your token file",
    customUsage: [
      { input: "", brief: "Your own token" },
      { input: "ada", brief: 'A token that servers know as "ada"' },
    ],
  },
});

const show = buildCommand<Record<never, never>, [], TramContext>({
  loader: async () => runCommand((await import("./show_tokens.ts")).showTokens),
  parameters: { flags: {} },
  docs: {
    brief: "Print your token file, to be copied to other machines",
    customUsage: [
      { input: "", brief: "Print it" },
      { input: "> room.token", brief: "Copy it into a file for --token-file" },
    ],
  },
});

/** `tram token`. */
export const tokenRoutes = buildRouteMap<"new" | "show", TramContext>({
  routes: { new: create, show },
  docs: { brief: "Make and show the secrets that let clients in" },
});
