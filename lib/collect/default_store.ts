/** File that `collect` stores in unless told otherwise. */
export const DEFAULT_STORE = "collect.sqlite";
