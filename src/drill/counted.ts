/** Writes a number as prose has it: thousands apart, one decimal place at most. */
export const count = (n: number) => n.toLocaleString('en-US', { maximumFractionDigits: 1 })

/** Writes how many of a thing there are. */
export const many = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`
