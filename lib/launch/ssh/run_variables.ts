/** Variables that mark what belongs to a run: what is started beside it must not carry them. */
export const RUN_VARIABLES = ["TRAM_RUN_ID", "TRAM_GUARD", "TRAM_ROLE", "TRAM_INDEX"] as const;
