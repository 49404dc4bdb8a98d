/**
 * Upper bounds in seconds, close together around the promise of 2.5 s that p95 is held against, and up to the thirty
 * seconds after which a request is given up.
 */
export const SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.25, 2.5, 2.75, 3, 4, 5, 7.5, 10, 20, 30]
