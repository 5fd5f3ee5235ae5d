import type { Random } from "../random.ts";
import type { Latency } from "./window.ts";

/** One service under load, with its clients. */
export interface Part {
  /** What is counted, since the start. */
  readonly counts: Readonly<Record<string, number>>;
  /** Once a second while clients may come and go: maybe one does. */
  churn(random: Random): void;
  /** Resolves when all clients are at their base level. */
  settle(): Promise<void>;
  /** How long things took since the last call, by name. */
  latencies(): Readonly<Record<string, Latency>>;
  /** Ends the load and all clients, while the servers still run. @returns what is wrong */
  finish(): Promise<string[]>;
  /** Looks at the stores, once the servers have ended. @returns what is wrong */
  check(): string[] | Promise<string[]>;
}

/** A part without latencies in a window gives nothing. */
export function latencyOf(name: string, latency: Latency | undefined): Record<string, Latency> {
  return latency === undefined ? {} : { [name]: latency };
}

/** Waits until something is true. @returns what it was waited for, if that was in vain */
export async function until(
  what: string,
  isTrue: () => boolean,
  mostMs = 30_000,
): Promise<string[]> {
  const endMs = performance.now() + mostMs;
  while (!isTrue()) {
    if (performance.now() > endMs) return [`waited ${mostMs / 1000} s in vain until ${what}`];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}
