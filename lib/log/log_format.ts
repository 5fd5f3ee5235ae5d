/** Form of the lines of a log. */
export type LogFormat = "text" | "json";
