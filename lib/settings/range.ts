/** Which numbers there may be: `above` leaves its end out, the other ends belong to it. */
export interface Range {
  above?: number
  from?: number
  to?: number
  isWhole?: boolean
}

export function isIn({ above, from, to, isWhole }: Range, number: number): boolean {
  return (
    Number.isFinite(number) &&
    (above === undefined || number > above) &&
    (from === undefined || number >= from) &&
    (to === undefined || number <= to) &&
    (!isWhole || Number.isInteger(number))
  )
}
