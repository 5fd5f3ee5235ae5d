/** What somebody with a client of a simulated chat is told, and tells. */
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import type { ChatClient } from "../../../lib/chat/client/chat_client.ts";
import type { ClientMemory } from "../../../lib/chat/client/client_memory.ts";
import type { ClientPart } from "../../../lib/chat/client_part.ts";
import type { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Token } from "../../../lib/transport/token.ts";
import type { SimProcess } from "../core/sim_process.ts";
import type { Showing } from "./showing.ts";

/** Told what becomes of what somebody types, and of what they see. */
export interface UserWitness {
  typed(who: string, text: string): void;
  taken(text: string, isSafe: boolean): void;
  /** @returns false when it was refused */
  acknowledged(who: string, author: number, sequence: number, text: string): boolean;
  /** A line was refused, and nobody has told whoever has typed it. */
  unread(who: string, author: number, sequence: number, text: string): void;
  shown(who: string, me: number, showing: Showing, isFromStart: boolean): void;
  hasAll(who: string, place: string): boolean;
  progress(who: string, place: string): string;
}

/** How somebody is. */
export interface ChatUserOptions {
  readonly name: string;
  readonly port: number;
  readonly rooms: readonly string[];
  /** Lines of a room to ask for at first. */
  readonly last: number;
  /** How long what is shown takes to be out of the process, in milliseconds; 0: no time. */
  readonly screenMs: number;
  /** Lines that may wait to be sent. */
  readonly maxWaiting: number;
  readonly token?: Token | undefined;
  /** Its lines. @default {some} */
  readonly path?: PathSettings;
  /** Parts that a client gets besides; what they need they find in the memory. */
  readonly parts?: (process: SimProcess, client: ChatClient, memory: ClientMemory) => Extra;
  readonly onLosePower?: (dice: number) => void;
  readonly onEvent?: (event: ChatEvent) => void;
}

/** What goes with a client. */
export interface Extra {
  readonly part: ClientPart;
  end(): Promise<void>;
}

/** A client that runs. */
export interface RunningClient {
  readonly process: SimProcess;
  readonly client: ChatClient;
  readonly memory: ClientMemory;
  readonly budget: MemoryBudget;
  readonly extra: Extra | undefined;
  readonly over: Promise<void>;
}
