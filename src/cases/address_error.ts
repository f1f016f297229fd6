/** What is wrong with an address, in one line. */

/** The text is no address, or one that this version cannot follow. */
export class AddressError extends Error {}
