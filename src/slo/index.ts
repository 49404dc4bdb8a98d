export { describeAlert, nextPage, readAlert, SLICES, type AlertReading, type Slice } from './alerts.ts'
export { burns, type Burn, type Losses } from './burn-windows.ts'
export {
  allowedFailures,
  burnRate,
  errorBudget,
  needsPostmortem,
  wouldSpend,
  type BudgetInput,
  type ErrorBudget,
  type OutageLoss,
} from './error-budget.ts'
export {
  judgeObjectives,
  type ObjectiveJudgement,
  type ObjectiveVerdict,
  type Objectives,
  type Observed,
} from './objectives.ts'
export { leastSample, rateNeeded, samplePower, type SamplePower } from './sample-power.ts'
export { standing, type Standing } from './standing.ts'
