/**
 * The row of the cursor gone, and all below it (ECMA-48: EL, ED); the cursor is at its start. Not by
 * ED from the first column: tmux takes clearing all of the screen for a new page, and would keep a
 * copy of what stands there each time it is drawn.
 */
export const CLEAR_ROW_AND_BELOW = "\r\u001b[K\u001b[C\u001b[J\r";
