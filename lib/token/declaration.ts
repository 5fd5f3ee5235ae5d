/** The subcommand `token`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import { subcommand } from "../config/subcommand.ts";

const create = command({
  path: ["token", "new"],
  brief: "Make a token of 256 random bits and keep it in your token file",
  examples: [
    { args: "", brief: "Your own token" },
    { args: "ada", brief: 'A token that servers know as "ada"' },
  ],
  positional: {
    name: {
      parse: String,
      optional: true,
      placeholder: "NAME",
      brief: "Name that servers know the token by",
    },
  },
  load: async () => {
    const { createToken } = await import("./create_token.ts");
    return (context, { name }) => createToken(context, name);
  },
});

const show = command({
  path: ["token", "show"],
  brief: "Print your token file, to be copied to other machines",
  examples: [
    { args: "", brief: "Print it" },
    { args: "> room.token", brief: "Copy it into a file for --token-file" },
  ],
  load: async () => (await import("./show_tokens.ts")).showTokens,
});

/** `tram token`. */
export const token = subcommand({
  name: "token",
  brief: "Make and show the secrets that let clients in",
  examples: [
    { args: "new", brief: "Make your own token" },
    { args: "show > room.token", brief: "Copy it into a file for another machine" },
  ],
  commands: [create, show],
});
