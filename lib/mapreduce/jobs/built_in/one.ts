/** The value of a job that counts: the digit 1. */
export const ONE: Uint8Array = new Uint8Array([0x31]);
