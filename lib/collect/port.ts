/** Port that `collect` uses unless told otherwise. */
export const COLLECT_PORT = 7777;
