/** What follows the whole part for each number of thousandths, with the point; empty for none. */
const fractions = Array.from({ length: 1000 }, (_, thousandths) => String(thousandths / 1000).slice(1))

/**
 * What `String` makes of a finite number. V8 searches for the shortest digits of a fraction, 0.1 µs each time; most values
 * have three decimals at most, and are told from their thousandths in a quarter of that. Fifteen digits are never ambiguous.
 */
export function numberText(value: number): string {
  const thousandths = Math.round(value * 1000)
  // Larger numbers are not small integers to V8, smaller ones are negative.
  if (!(thousandths >= 0 && thousandths < 1e12 && thousandths / 1000 === value)) return String(value)
  const whole = Math.floor(thousandths / 1000)
  return String(whole) + fractions[thousandths - whole * 1000]
}
