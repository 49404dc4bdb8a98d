/**
 * Binomial tails by summing exact terms, for checking what the code gets from beta quantiles and recurrences.
 * Slow and plain on purpose.
 */
const logFactorials = [0]

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++)
    logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k))
  return logFactorials[n] ?? NaN
}

/** P(from <= X <= to) for X binomial(n, p). */
export function binomialBetween(from: number, to: number, n: number, p: number): number {
  if (p <= 0 || p >= 1) {
    const certain = p <= 0 ? 0 : n
    return from <= certain && certain <= to ? 1 : 0
  }
  let total = 0
  for (let k = from; k <= to; k++) {
    const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k)
    total += Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p))
  }
  return total
}
