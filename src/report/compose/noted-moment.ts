/** A moment of the people's, and the note that stamps it. */
export interface NotedMoment {
  /** From the fault in force. */
  ms: number
  note: string
  by: string
}
