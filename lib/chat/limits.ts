/** Limits of `chat` that both ends know. */

/** Most bytes of a line, as UTF-8. */
export const MAX_LINE_BYTES = 4096;

/** Most bytes of a nickname, as UTF-8. */
export const MAX_NICK_BYTES = 64;

/** Most bytes of a room's name, `#` included, as UTF-8. */
export const MAX_ROOM_BYTES = 64;

/** Most bytes of where a line goes: `#room`, or `@nick`. */
export const MAX_WHERE_BYTES = MAX_NICK_BYTES + 1;

/** Most bytes of a command or a reason, as UTF-8. */
export const MAX_COMMAND_BYTES = 1024;

/** Lines of one session that may wait for their commit; whoever sends more is cut. */
export const MAX_UNCOMMITTED = 256;

/** Lines that our own client sends before the first of them is acknowledged. */
export const MAX_IN_FLIGHT = 64;

/** Most lines of one page of history. */
export const MAX_PAGE = 500;

/** Rooms that one member can be in. */
export const MAX_ROOMS = 50;

/** Most members that a room lists, and beyond which comings and goings are not announced. */
export const MAX_ANNOUNCED = 256;

/** Bytes that are hashed, written and journalled as one when a file is handed over. */
export const FILE_CHUNK_BYTES = 4 * 1024 * 1024;

/** Most bytes of one FILE_DATA after its head. */
export const FILE_DATA_BYTES = 60 * 1024;
