/** Port that `timer` uses unless told otherwise. */
export const TIMER_PORT = 47_945;
