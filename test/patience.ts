/**
 * The time-out of tests and suites that start browsers, whole Node-REDs, npm or programs of their own, wait for real time
 * to pass, or try thousands of cases: on a busy machine each of these takes minutes. Only what hangs is to fail.
 */
export const patienceMs = 600_000
