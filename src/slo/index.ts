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
