/** Of the JSON reports, apart from their schema: who makes a report needs no validator. */

/** When it rises is said in the reference of the JSON report. */
export const SCHEMA_VERSION = 1;
