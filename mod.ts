/**
 * tram as a library: framed messages over TCP, with a handshake that proves a shared token, lanes,
 * back-pressure, heartbeat and an orderly goodbye; and a clock and a network in memory to test
 * services on. Jobs for `tram mapreduce` are made with {@linkcode defineJob}.
 *
 * A service names its kinds of frames. A server answers with handlers, a client too:
 *
 * ```ts
 * import { defineService, dial, listen, newToken, text } from "tram";
 *
 * const shout = defineService({ name: "shout", kinds: { say: text(0x20), hear: text(0x21) } });
 * const token = newToken();
 *
 * await using server = listen(shout, { port: 0, tokens: [token] }, (client) => ({
 *   say: (words) => void client.send(shout.kinds.hear, words.toUpperCase()),
 * }));
 *
 * const heard = Promise.withResolvers<string>();
 * await using client = await dial(
 *   shout,
 *   { ...server.address, clientId: "ada", token },
 *   () => ({ hear: heard.resolve }),
 * );
 * client.send(shout.kinds.say, "hello");
 * if (await heard.promise !== "HELLO") throw new Error("not heard");
 * ```
 *
 * Binary kinds (`raw`) are handled where they lie, without a copy: see {@linkcode FrameView} and
 * {@linkcode Connection.reserve}. The wire protocol is `docs/protocol.md`.
 *
 * @module
 */
export type { Clock, Timer } from "./lib/clock/clock.ts";
export { type Deadline, deadline } from "./lib/clock/deadline.ts";
export { FakeClock, settle, type Skew } from "./lib/clock/fake_clock.ts";
export { nextTick, type Tick, ticks, type TicksOptions } from "./lib/clock/schedule.ts";
export { sleep } from "./lib/clock/sleep.ts";
export { systemClock } from "./lib/clock/system_clock.ts";
export {
  defineJob,
  type JobData,
  type JobDefinition,
  type JobEmit,
  type JobFormats,
  type JobRecord,
  type JobTools,
} from "./lib/mapreduce/jobs/user/define_job.ts";
export { backoffMs, type BackoffOptions } from "./lib/transport/backoff.ts";
export type { Credentials } from "./lib/transport/client_handshake.ts";
export type { CloseReport } from "./lib/transport/close_report.ts";
export { Connection } from "./lib/transport/connection.ts";
export type {
  ConnectionParts,
  ConnectionStats,
  ConnectionTerms,
} from "./lib/transport/connection_types.ts";
export { dial, type Dialled, type DialOptions, dialSession } from "./lib/transport/dial.ts";
export { PROTOCOL_VERSION } from "./lib/transport/frame.ts";
export { FrameBatch } from "./lib/transport/frame_batch.ts";
export { FrameDecoder } from "./lib/transport/frame_decoder.ts";
export { FrameView } from "./lib/transport/frame_view.ts";
export { FrameWriter } from "./lib/transport/frame_writer.ts";
export type { Goodbye } from "./lib/transport/handshake_messages.ts";
export {
  isPassingCode,
  LineError,
  LineErrorCode,
  type LineErrorOrigin,
} from "./lib/transport/line_error.ts";
export {
  type Candidate,
  listen,
  type ListenOptions,
  type Server,
  type ServerEvent,
} from "./lib/transport/listen.ts";
export { MemoryBudget, processBudget } from "./lib/transport/memory_budget.ts";
export {
  MemoryLink,
  MemoryNetwork,
  type MemoryNetworkOptions,
} from "./lib/transport/memory_network.ts";
export { MemoryPath, type PathSettings } from "./lib/transport/memory_path.ts";
export {
  type Address,
  type ByteStream,
  formatAddress,
  isLoopback,
  type Network,
  type StreamListener,
} from "./lib/transport/network.ts";
export type { Schema, SchemaIssue, SchemaResult } from "./lib/transport/parse_json.ts";
export type { Secret } from "./lib/transport/proofs.ts";
export { keepConnected, type ReconnectOptions } from "./lib/transport/reconnect.ts";
export type { Handlers, ReceivedOf } from "./lib/transport/routes.ts";
export type { SessionGate, SessionOwner } from "./lib/transport/server_handshake.ts";
export {
  defineService,
  json,
  type Kind,
  type KindOptions,
  type Kinds,
  type Lane,
  type LaneOptions,
  raw,
  type Service,
  type ServiceOptions,
  text,
  type WhenFull,
} from "./lib/transport/service.ts";
export {
  keepSession,
  type KeepSessionOptions,
  type KeptSession,
  type SendResult,
  type SessionLoss,
} from "./lib/transport/session/keep_session.ts";
export { MemorySessions } from "./lib/transport/session/memory_sessions.ts";
export {
  type OpenedState,
  openState,
  type OpenStateOptions,
} from "./lib/transport/session/open_state.ts";
export { Outbox } from "./lib/transport/session/outbox.ts";
export type {
  OutboxCounters,
  OutboxEntry,
  OutboxOptions,
  WhenOutboxFull,
} from "./lib/transport/session/outbox_types.ts";
export { realStateFiles } from "./lib/transport/session/real_state_files.ts";
export {
  type Seat,
  SessionDesk,
  type SessionDeskOptions,
} from "./lib/transport/session/session_desk.ts";
export {
  type CarryOver,
  MemoryState,
  type SessionState,
  type StoredSession,
} from "./lib/transport/session/session_state.ts";
export type { EntryCodec, StateDamage } from "./lib/transport/session/state_content.ts";
export {
  type Durability,
  StateFile,
  type StateFileDamage,
  type StateFileOptions,
} from "./lib/transport/session/state_file.ts";
export type { LockedFile, StateFiles } from "./lib/transport/session/state_files.ts";
export {
  type StateEnvironment,
  stateFolder,
  type StateKey,
} from "./lib/transport/session/state_path.ts";
export { tcpNetwork } from "./lib/transport/tcp_network.ts";
export type { TlsMaterial } from "./lib/transport/tls/tls_material.ts";
export { tlsNetwork } from "./lib/transport/tls/tls_network.ts";
export { formatToken, newToken, parseTokens, type Token } from "./lib/transport/token.ts";
