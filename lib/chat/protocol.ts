/**
 * The frames of `chat`, on top of `tram/1`. Specification: `docs/protocol.md`, "chat". Wall times are
 * i64 microseconds since 1970. An *author* is the number of a session in the server's store, the same
 * through all its connections and names; 0 is the server. Ids of lines are consecutive in each room, and
 * in the inbox of each session, from 1.
 *
 * ```text
 * SAY       0x20 C→S  | sequence u64 | n u8 | where, n bytes | text |   acknowledged when committed
 * ACK       0x21 S→C  | sequence u64 |                           all up to it are committed or refused
 * REFUSED   0x22 S→C  JSON: a line that was not taken, and why; before the ACK that covers it
 * LINE      0x23 S→C  | id u64 | time i64 | author u32 | flags u8 | n u8 | where | m u8 | nick | text |
 * PRESENCE  0x24 S→C  JSON: who came, went, is away, or has another name
 * YOU       0x25 S→C  JSON: who the client is; the first frame after WELCOME, and after each change
 * JOIN      0x26 C→S  JSON: a room, and the last line of it that was seen
 * ROOM      0x27 S→C  JSON: the answer: who is there, what follows
 * LEAVE     0x28 C→S  JSON
 * HISTORY   0x29 C→S  JSON: asks for a page of older lines
 * PAGE      0x2a S→C  JSON: ends a page of lines, and says whether there are more
 * NICK      0x2b C→S  JSON: asks for another name
 * COMMAND   0x2c C→S  text: `!list`, and what operators may do
 * REPLY     0x2d S→C  JSON: its answer
 * NOTICE    0x2e S→C  JSON: what the server has to say, with a code
 *
 * OFFER     0x30 C→S  JSON: a file for somebody, or for each member of a room
 * OFFERED   0x31 S→C  JSON: the same, for one receiver, with the number of the transfer
 * ANSWER    0x32 C→S  JSON: accepted from an offset, or not
 * START     0x33 S→C  JSON: the sender may send, from there
 * FILE_DATA 0x34 bulk | transfer u32 | offset u64 | bytes |        both ways, relayed as it is
 * FILE_END  0x35 bulk JSON: size and SHA-256                       both ways, after the last FILE_DATA
 * FILE_DONE 0x36      JSON: the receiver has it whole, or not      both ways
 * FILE_STOP 0x37      JSON: a transfer or an offer ends, and why   both ways
 *
 * NUMBER    0x40 S→C  JSON: the number of the seat (relay mode)
 * ROLE      0x41 S→C  JSON: emitter or receiver, and the last message that was relayed to this seat
 * MESSAGE   0x42 S→C  JSON: what the other side has said
 * FIN       0x43 C→S  JSON: gives the seat up
 * PEER_LEFT 0x44 S→C  JSON: the other seat has nobody, and why
 * PEER      0x45 S→C  JSON: the other seat has somebody (again)
 * EXIT      0x46 S→C  JSON: the server ends
 * VERDICT   0x47 S→C  JSON: what the rules say: stalled, gone, flag fallen, won
 * STATE     0x48 S→C  JSON: the position, to be printed, and the clocks
 * ```
 */
import type { FrameView } from "../transport/frame_view.ts";
import { defineService, json, type Kind, raw, type Service, text } from "../transport/service.ts";
import { FILE_DATA_BYTES, MAX_COMMAND_BYTES, MAX_LINE_BYTES, MAX_WHERE_BYTES } from "./limits.ts";
import * as m from "./messages.ts";
import * as f from "./file_messages.ts";
import * as r from "./relay_messages.ts";

type Raw = Kind<FrameView, Uint8Array>;

/** Bytes of the parts of fixed length. */
export const CHAT_BYTES = { sayHead: 9, ack: 8, lineHead: 23, fileDataHead: 12 } as const;

/** Room in the lane of a member, in bytes; whoever leaves it full is cut. */
const LANE_BYTES = 4 * 1024 * 1024;

/** The service `chat`. */
export const chatService: Service<{
  readonly say: Raw;
  readonly ack: Raw;
  readonly refused: Kind<m.Refused>;
  readonly line: Raw;
  readonly presence: Kind<m.Presence>;
  readonly you: Kind<m.You>;
  readonly join: Kind<m.Join>;
  readonly room: Kind<m.RoomState>;
  readonly leave: Kind<m.Leave>;
  readonly history: Kind<m.History>;
  readonly page: Kind<m.Page>;
  readonly nick: Kind<m.NickWish>;
  readonly command: Kind<string>;
  readonly reply: Kind<m.Reply>;
  readonly notice: Kind<m.Notice>;
  readonly offer: Kind<f.Offer>;
  readonly offered: Kind<f.Offered>;
  readonly answer: Kind<f.Answer>;
  readonly start: Kind<f.Start>;
  readonly fileData: Raw;
  readonly fileEnd: Kind<f.FileEnd>;
  readonly fileDone: Kind<f.FileDone>;
  readonly fileStop: Kind<f.FileStop>;
  readonly number: Kind<r.SeatNumber>;
  readonly role: Kind<r.Role>;
  readonly message: Kind<r.Message>;
  readonly fin: Kind<r.Fin>;
  readonly peerLeft: Kind<r.PeerLeft>;
  readonly peer: Kind<r.Peer>;
  readonly exit: Kind<r.Exit>;
  readonly verdict: Kind<r.Verdict>;
  readonly state: Kind<r.State>;
}> = defineService({
  name: "chat",
  lanes: { normal: { maxBytes: LANE_BYTES, whenFull: "wait" } },
  kinds: {
    say: raw(0x20, {
      minBytes: CHAT_BYTES.sayHead,
      maxBytes: CHAT_BYTES.sayHead + MAX_WHERE_BYTES + MAX_LINE_BYTES,
    }),
    ack: raw(0x21, { minBytes: CHAT_BYTES.ack, maxBytes: CHAT_BYTES.ack }),
    refused: json(0x22, m.refusedSchema),
    line: raw(0x23, { minBytes: CHAT_BYTES.lineHead }),
    presence: json(0x24, m.presenceSchema),
    you: json(0x25, m.youSchema),
    join: json(0x26, m.joinSchema),
    room: json(0x27, m.roomStateSchema),
    leave: json(0x28, m.leaveSchema),
    history: json(0x29, m.historySchema),
    page: json(0x2a, m.pageSchema),
    nick: json(0x2b, m.nickWishSchema),
    command: text(0x2c, { minBytes: 1, maxBytes: MAX_COMMAND_BYTES }),
    reply: json(0x2d, m.replySchema),
    notice: json(0x2e, m.noticeSchema),
    offer: json(0x30, f.offerSchema),
    offered: json(0x31, f.offeredSchema),
    answer: json(0x32, f.answerSchema),
    start: json(0x33, f.startSchema),
    fileData: raw(0x34, {
      lane: "bulk",
      credit: "service",
      minBytes: CHAT_BYTES.fileDataHead + 1,
      maxBytes: CHAT_BYTES.fileDataHead + FILE_DATA_BYTES,
    }),
    fileEnd: json(0x35, f.fileEndSchema, { lane: "bulk" }),
    fileDone: json(0x36, f.fileDoneSchema),
    fileStop: json(0x37, f.fileStopSchema),
    number: json(0x40, r.seatNumberSchema),
    role: json(0x41, r.roleSchema),
    message: json(0x42, r.messageSchema),
    fin: json(0x43, r.finSchema),
    peerLeft: json(0x44, r.peerLeftSchema),
    peer: json(0x45, r.peerSchema),
    exit: json(0x46, r.exitSchema),
    verdict: json(0x47, r.verdictSchema),
    state: json(0x48, r.stateSchema),
  },
});

/** The kinds of `chat`, by name. */
export type ChatKinds = typeof chatService.kinds;
