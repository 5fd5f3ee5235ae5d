/** Bytes of a UUID: the least that a request has. */
export const UUID_BYTES = 16;

/** Largest payload of a REQUEST. */
export const MAX_REQUEST_BYTES = 65_536;
