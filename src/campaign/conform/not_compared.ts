/** What is left out of a comparison, in words for people. */
export const NOT_COMPARED = 'how often entries with the contiguous bit are written: the kernel folds and unfolds them';
