/** The subcommand `chat`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import {
  dialAccess,
  dialPort,
  duration,
  host,
  listenAccess,
  listenPort,
  maxClients,
  outputOptions,
  store,
  storeFile,
  timeout,
} from "../config/common_options.ts";
import { oneOf, parsePath, parseSizeBytes } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { DEFAULT_STORE } from "./default_store.ts";
import {
  parseByteRate,
  parseLast,
  parseMotd,
  parseNames,
  parseNickname,
  parsePace,
  parsePair,
  parseRooms,
} from "./parse_chat.ts";
import { CHAT_PORT } from "./port.ts";

const serve = command({
  path: ["chat", "serve"],
  brief: "Serve rooms with history, private messages and files, or pairs that take turns",
  examples: [
    { args: "", brief: "Listen on this machine, keep everything in chat.sqlite" },
    { args: "--host 0.0.0.0 --operator ada,bob", brief: "For other machines; two may moderate" },
    { args: "--port 0 --store :memory: --json", brief: "Try it: any free port, nothing is kept" },
    { args: "--mode relay --game connect4 --clock 5m", brief: "Clients play in pairs" },
  ],
  options: {
    host: host("Address to listen on"),
    port: listenPort(CHAT_PORT),
    maxClients: maxClients(10_000),
    store: store(DEFAULT_STORE),
    mode: {
      kind: "value",
      ...oneOf("rooms", "relay"),
      default: "rooms",
      placeholder: "MODE",
      brief: "Rooms, or pairs of clients that take turns",
    },
    game: {
      kind: "value",
      ...oneOf("tictactoe", "connect4", "nim"),
      placeholder: "NAME",
      brief: "Game that pairs play; goes with --mode relay",
    },
    clock: duration(
      "Time that each side of a game has for all its moves, e.g. 5m (default: no limit)",
    ),
    motd: {
      kind: "value",
      parse: parseMotd,
      placeholder: "TEXT",
      brief: "What everybody reads who comes in",
    },
    maxFile: {
      kind: "value",
      parse: parseSizeBytes,
      default: "1GiB",
      placeholder: "SIZE",
      brief: "Largest file that clients may hand to each other; 0: none",
    },
    fileRate: {
      kind: "value",
      parse: parseByteRate,
      placeholder: "SIZE",
      brief: "Most bytes of files per second of each sender, e.g. 10MB/s (default: no limit)",
    },
    pace: {
      kind: "value",
      parse: parsePace,
      default: "10",
      placeholder: "N",
      brief: "Lines per second that are taken of each member, and 4 N at once; 0: no limit",
    },
    operator: {
      kind: "value",
      parse: parseNames,
      placeholder: "NAMES",
      brief: "Names of tokens whose owners may moderate, between commas",
    },
    ...listenAccess("Let everybody in, without a token"),
    ...outputOptions,
  },
  load: async () => (await import("./serve.ts")).serve,
});

const join = command({
  path: ["chat", "join"],
  brief: "Join a chat: rooms, private messages, files; or sit down at a relay",
  examples: [
    { args: "", brief: "#lobby of the server on this machine" },
    { args: "--host 192.0.2.7 --nick ada --room dev,ops", brief: "Two rooms of another one" },
    { line: "uptime | tram chat join --room ops", brief: "Say what another program prints" },
    { args: "--json --stay < /dev/null", brief: "What happens, one JSON object per line" },
  ],
  options: {
    host: host("Server to join"),
    port: dialPort(CHAT_PORT),
    nick: {
      kind: "value",
      parse: parseNickname,
      placeholder: "NAME",
      brief: "Nickname to ask for; each has a session of its own (default: your user name)",
    },
    room: {
      kind: "value",
      parse: parseRooms,
      placeholder: "ROOMS",
      brief: "Rooms to be in, between commas (default: those of last time, else lobby)",
    },
    last: {
      kind: "value",
      parse: parseLast,
      default: "50",
      placeholder: "N",
      brief: "How many of the last lines to show of a room one has not been in; 0: none",
    },
    profile: {
      kind: "value",
      parse: parseNickname,
      placeholder: "NAME",
      brief: "Which session with this server to go on with (default: that of --nick, else default)",
    },
    downloads: {
      kind: "value",
      parse: parsePath,
      default: ".",
      placeholder: "DIR",
      brief: "Folder for files that others send; made when the first comes",
      completes: "file",
    },
    accept: { kind: "switch", brief: "Accept every file up to --max-file" },
    noState: { kind: "switch", brief: "Keep nothing on this disk: a new session each time" },
    maxFile: {
      kind: "value",
      parse: parseSizeBytes,
      default: "1GiB",
      placeholder: "SIZE",
      brief: "Largest file to accept",
    },
    exitAfterInput: {
      kind: "switch",
      brief: "Leave when the input has ended and all is delivered (default without a terminal)",
    },
    stay: { kind: "switch", brief: "Go on listening after the end of the input" },
    reconnectFor: duration("How long to try to come back after a lost line (default: for ever)"),
    timeout: timeout("Longest wait for the connection"),
    ...dialAccess,
    ...outputOptions,
  },
  load: async () => (await import("./join.ts")).join,
});

const replay = command({
  path: ["chat", "replay"],
  brief: "Print a recorded pair or game of a relay, step by step, and check that it was legal",
  examples: [
    { args: "", brief: "The only pair in chat.sqlite, or a list of all" },
    { args: "room.sqlite 3 --json", brief: "The third pair of another file, as JSON" },
  ],
  positional: {
    file: {
      parse: parsePath,
      placeholder: "FILE",
      brief: "File of the store (default: what --store says)",
      optional: true,
      completes: "file",
    },
    pair: {
      parse: parsePair,
      placeholder: "PAIR",
      brief: "Number of the pair",
      optional: true,
    },
  },
  options: {
    store: {
      ...storeFile,
      default: DEFAULT_STORE,
      brief: "File of the store; a server may be using it",
    },
    ...outputOptions,
  },
  load: async () => (await import("./replay.ts")).replay,
});

/** `tram chat`. */
export const chat = subcommand({
  name: "chat",
  brief: "Talk in rooms, hand files over, or take turns in pairs, over lines that may break",
  examples: [
    { args: "serve", brief: "Serve rooms on this machine" },
    { args: "join --nick ada", brief: "Talk in #lobby" },
    { args: "serve --mode relay --game tictactoe", brief: "Let clients play in pairs" },
    { args: "replay chat.sqlite", brief: "See what was played" },
  ],
  commands: [serve, join, replay],
});
