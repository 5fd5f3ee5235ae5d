import type { HostLink } from "../host_link.ts";

/** A machine on which copies of roles run. */
export interface Place {
  /** As the user wrote it; `here` for this one. */
  readonly name: string;
  /** Name or address by which it is reached. */
  readonly address: string;
  /** How many copies of a role it takes before others get more, from 1. */
  readonly slots: number;
  readonly link: HostLink;
  /**
   * Silence after which it counts as gone, in milliseconds; 0 where it cannot vanish without the way to
   * it ending.
   */
  readonly silenceMs: number;
}

/** Whether it is another machine. */
export function isFar({ silenceMs }: Place): boolean {
  return silenceMs > 0;
}

/** Where each copy of a role runs: dealt over the slots, again and again. */
export function dealCopies(copies: number, places: readonly Place[]): readonly Place[] {
  const slots = places.flatMap((place) => Array.from({ length: place.slots }, () => place));
  return Array.from({ length: copies }, (_, at) => slots[at % slots.length] as Place);
}
