/** Port of `tram chat`. */
export const CHAT_PORT = 7780;
