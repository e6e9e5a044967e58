// For `--require`: in that process a time limit of half a minute or more ends after five seconds. The code under test is
// the one that users run; only its clock is another.
const { setTimeout } = globalThis
globalThis.setTimeout = Object.assign(
  (act, delayMs, ...values) => setTimeout(act, delayMs >= 30_000 ? 5_000 : delayMs, ...values),
  Object.fromEntries(Object.getOwnPropertySymbols(setTimeout).map((name) => [name, setTimeout[name]])),
)
