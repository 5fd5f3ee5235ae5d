import type { Handlers } from "../../transport/routes.ts";
import { readAck, readLine } from "../line_codec.ts";
import type { Notice } from "../messages.ts";
import type { ChatKinds } from "../protocol.ts";
import type { Answers } from "./answers.ts";
import type { ChatEvent } from "../chat_event.ts";
import type { JoinedRooms } from "./joined_rooms.ts";
import type { LineSender } from "./line_sender.ts";
import type { LineTaker } from "./line_taker.ts";
import type { RoomBook } from "./room_book.ts";
import { INBOX } from "./seen_ids.ts";

/** What frames of rooms go to. */
export interface RoomHandlerParts {
  readonly sender: LineSender;
  readonly taker: LineTaker;
  readonly book: RoomBook;
  readonly joined: JoinedRooms;
  readonly answers: Answers;
  readonly emit: (event: ChatEvent) => void;
  /** The number of this session. */
  readonly me: () => number;
  /** More may be sent. */
  readonly onMayGo: () => void;
  /** The name that was asked for cannot be had. */
  readonly onNickRefused: () => void;
}

/** Handlers of one connection for what happens in rooms; YOU is not among them. */
export function roomHandlers(parts: RoomHandlerParts): Handlers<ChatKinds> {
  const { sender, taker, book, joined, answers, emit, me } = parts;
  /** Last ids of rooms, as ROOM said. */
  const lasts = new Map<string, number>();
  const onNotice = (notice: Notice) => {
    const { code, room } = notice;
    emit({ type: "notice", ...notice });
    if (code === "nick-refused") parts.onNickRefused();
    if (code !== "room-refused" || room === undefined) return;
    book.remove(room);
    if (joined.remove(room)) answers.page(-1);
    parts.onMayGo();
  };
  return {
    ack: (view) => {
      sender.acknowledged(readAck(view));
      parts.onMayGo();
      answers.look();
    },
    refused: (refused) => sender.refused(refused),
    line: (view) => taker.line(readLine(view), me()),
    presence: ({ events }) => {
      for (const event of events) {
        book.changed(event);
        emit({ type: "presence", ...event });
      }
    },
    room: (room) => {
      taker.room(room);
      lasts.set(room.room, room.last);
      parts.onMayGo();
      if (room.room === INBOX) return;
      book.entered(room);
      emit({ type: "room", ...room });
    },
    page: (page) => {
      taker.page(page, lasts.get(page.room));
      emit({ type: "page", ...page });
      if (page.to === "join") answers.page(-1);
      else answers.reply(-1);
    },
    reply: (reply) => {
      emit({ type: "reply", ...reply });
      answers.reply(-1);
    },
    notice: onNotice,
  };
}
