/** A server as moderation sees it, with a fake clock and a store in memory. */
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import type { Notice, Reply } from "../../../lib/chat/messages.ts";
import { type Actor, CONSOLE } from "../../../lib/chat/moderation/actor.ts";
import { Moderation } from "../../../lib/chat/moderation/moderation.ts";
import { nickKey } from "../../../lib/chat/nick/nick_key.ts";
import type { ChatHost, Known, Member } from "../../../lib/chat/chat_host.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";

/** Somebody in the room; nobody is really connected. */
export interface FakeMember extends Member {
  nick: string;
}

/** A host that notes what it is asked to do. */
export class FakeHost implements ChatHost {
  readonly all: FakeMember[] = [];
  /** Who has a name and is not connected. */
  readonly absent: Known[] = [];
  /** What was done, in order. */
  readonly deeds: string[] = [];
  readonly notices: { readonly to: string; readonly notice: Notice }[] = [];

  members(): Iterable<Member> {
    return this.all;
  }

  memberOf(author: number): Member | undefined {
    return this.all.find((each) => each.author === author);
  }

  known(nick: string): Known | undefined {
    const key = nickKey(nick);
    const member = this.all.find((each) => nickKey(each.nick) === key);
    if (member === undefined) return this.absent.find((each) => nickKey(each.nick) === key);
    const { author, identity, nick: name, sinceUs } = member;
    return { author, identity, nick: name, seenUs: sinceUs, member };
  }

  rooms(): Iterable<{ readonly room: string; readonly members: number; readonly last: number }> {
    const names = new Set(this.all.flatMap((each) => [...each.rooms]));
    return [...names].map((room) => {
      return { room, members: [...this.membersOf(room)].length, last: room.length };
    });
  }

  membersOf(room: string): Iterable<Member> {
    return this.all.filter((each) => each.rooms.has(room));
  }

  tell(member: Member, notice: Notice): void {
    this.deeds.push(`tell ${member.nick} ${notice.code}`);
    this.notices.push({ to: member.nick, notice });
  }

  tellAll(notice: Notice): void {
    this.deeds.push(`tell all ${notice.code}`);
  }

  cut(member: Member, code: `chat.${string}`, message: string): void {
    this.deeds.push(`cut ${member.nick} ${code} ${message}`);
    this.all.splice(this.all.findIndex((each) => each === member), 1);
  }

  rankChanged(identity: string): void {
    this.deeds.push(`rank ${identity}`);
  }

  say(text: string, room = ""): void {
    this.deeds.push(`say ${room}${text}`);
  }

  shutdown(inMs: number, reason: string): void {
    this.deeds.push(`shutdown ${inMs} ${reason}`);
  }
}

/** Everything together. */
export class ModerationRoom {
  readonly clock: FakeClock = new FakeClock();
  readonly host: FakeHost = new FakeHost();
  readonly store: MemoryChatStore;
  readonly moderation: Moderation;

  private constructor(store: MemoryChatStore, moderation: (room: ModerationRoom) => Moderation) {
    this.store = store;
    this.moderation = moderation(this);
  }

  /** A server that starts. @param operators names of tokens */
  static async open(
    { store = new MemoryChatStore(), operators = ["ada"] }: {
      readonly store?: MemoryChatStore;
      readonly operators?: readonly string[];
    } = {},
  ): Promise<ModerationRoom> {
    const snapshot = await store.load();
    return new ModerationRoom(store, ({ clock }) => {
      return new Moderation({ store, clock, snapshot, operators });
    });
  }

  /** Somebody comes in. @param token name of their token, if it has one */
  join(nick: string, token = "", rooms: readonly string[] = ["#lobby"]): FakeMember {
    const author = this.host.all.length + this.host.absent.length + 1;
    const member = {
      connection: { peer: { host: "10.0.0.7", port: 40_000 + author } } as Member["connection"],
      author,
      nick,
      identity: token === "" ? `session:${author}` : `token:${token}`,
      rooms: new Set(rooms),
      sinceUs: this.clock.wallUs(),
    };
    this.host.all.push(member);
    return member;
  }

  /** Somebody has a name and is not here. */
  knows(nick: string, token = ""): Known {
    const author = this.host.all.length + this.host.absent.length + 1;
    const identity = token === "" ? `session:${author}` : `token:${token}`;
    const seenUs = this.clock.wallUs();
    const known = { author, nick, identity, seenUs, member: undefined };
    this.host.absent.push(known);
    return known;
  }

  /** Gives a command. */
  run(text: string, actor: Actor = CONSOLE): Promise<Reply> {
    return this.moderation.runCommand(actor, text, this.host);
  }

  /** Gives a command; what it answers, in one text. */
  async text(text: string, actor: Actor = CONSOLE): Promise<string> {
    const { isDone, lines } = await this.run(text, actor);
    return `${isDone ? "" : "refused: "}${lines.join("\n")}`;
  }

  /** What the host was asked for since the last time. */
  deeds(): readonly string[] {
    return this.host.deeds.splice(0);
  }
}
