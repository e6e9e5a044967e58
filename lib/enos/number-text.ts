const fractions: string[] = []

/**
 * What `String` makes of a finite number. V8 searches for the shortest digits of a fraction, 0.1 µs each time; most values
 * have three decimals at most, and are told from their thousandths in a quarter of that. Fifteen digits are never ambiguous.
 */
export function numberText(value: number): string {
  const thousandths = Math.round(value * 1000)
  // Larger numbers are not small integers to V8, smaller ones are negative.
  if (!(thousandths >= 0 && thousandths < 1e12 && thousandths / 1000 === value)) return String(value)
  const whole = Math.floor(thousandths / 1000)
  return String(whole) + fractionText(thousandths - whole * 1000)
}

/** With the point; empty for none. */
function fractionText(thousandths: number): string {
  const known = fractions[thousandths]
  if (known !== undefined) return known
  const text = thousandths === 0 ? '' : String(thousandths / 1000).slice(1)
  fractions[thousandths] = text
  return text
}
