/** Parsers of values that only `mapreduce` has. Each throws one line that says what would be right. */
import { parseHost, parseRemotePort, parseSizeBytes, parseWhole } from "../config/parse_flags.ts";
import type { Address } from "../transport/network.ts";
import { MAX_PARTITIONS } from "./engine/max_partitions.ts";
import { MAPREDUCE_PORT } from "./engine/port.ts";

/** Least memory of a worker: below, tasks would spill all the time. */
const MIN_MEMORY_BYTES = 16 * 1024 * 1024;

/** Most workers that are started on one machine. */
const MAX_WORKERS = 1024;

/** How many workers to start: none, to do it in this process; or to wait for others. */
export type WorkerCount = number | "join";

/** How many workers to start, or `join`. @throws {SyntaxError} */
export function parseWorkers(text: string): WorkerCount {
  if (text === "join") return "join";
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= MAX_WORKERS) return value;
  throw new SyntaxError(`wanted a whole number from 0 to ${MAX_WORKERS}, or join, got "${text}"`);
}

/** Tasks that a worker runs at once. @throws {SyntaxError} */
export function parseThreads(text: string): number {
  return parseWhole(text, 1, 256);
}

/** Memory of a worker, in bytes. @throws {SyntaxError} */
export function parseMemory(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes >= MIN_MEMORY_BYTES) return bytes;
  throw new SyntaxError(`wanted a size of at least 16MiB, got "${text}"`);
}

/** Number of parts of the output. @throws {SyntaxError} */
export function parsePartitions(text: string): number {
  return parseWhole(text, 1, MAX_PARTITIONS);
}

/** How many of the largest counts to show. @throws {SyntaxError} */
export function parseTop(text: string): number {
  return parseWhole(text, 1, 10_000);
}

/** A file, folder, pattern, URL, or `@` and a list of them. @throws {SyntaxError} */
export function parseInput(text: string): string {
  if (/^[^\p{Cc}]+$/u.test(text)) return text;
  throw new SyntaxError(
    `wanted a file, folder, pattern, URL or @LIST without control characters, got "${text}"`,
  );
}

/** `HOST:PORT`, the port may be missing; IPv6 in brackets. @throws {SyntaxError} */
export function parseCoordinator(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  try {
    if (host === undefined) throw new SyntaxError();
    return {
      host: parseHost(host),
      port: port === undefined ? MAPREDUCE_PORT : parseRemotePort(port),
    };
  } catch {
    throw new SyntaxError(`wanted HOST:PORT, an IPv6 address in brackets, got "${text}"`);
  }
}
