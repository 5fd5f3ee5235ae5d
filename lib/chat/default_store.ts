/** File of the store of `tram chat serve`. */
export const DEFAULT_STORE = "chat.sqlite";
