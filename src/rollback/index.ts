export { byHand } from './by-hand.ts'
export { stateFolder, withTilde } from './folder.ts'
export { rollbackRecords, type RollbackRecords } from './records.ts'
export { RollbackStack, type UndoFailure, type UndoStep } from './stack.ts'
