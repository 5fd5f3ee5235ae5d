/** What clients say of trouble, as far as it is told apart. */

/** What a client says itself that is no reason to worry. */
export const USUAL = /^Cannot keep (the line|what is typed and seen): /;

/** What it says when it sees that something is lost. */
export const LOSSES = /has lost lines|does not know this session|left out|new store/;

/** Why connections end and are tried again. */
export const PASSING = /^(lost|unreachable|silent|slow-reader|shutting-down|handshake-timeout)$/;
