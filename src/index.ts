/** The public face of the package: campaigns, replays, fixtures and the engines that they run on. */
export { BATCHED_REVISIONS } from './batched/index.js';
export type { CampaignOptions, Progress, SweepPlan } from './campaign/api.js';
export { DEFAULT_FAULTS, DEFAULT_SPANS, runCampaign } from './campaign/campaign.js';
export { replay } from './campaign/replay.js';
export { planSweep, type Selection, sweepOptions } from './campaign/sweep.js';
export { AddressError, caseAt } from './cases/address.js';
export { type Case, CaseSchema } from './cases/case.js';
export { InputError, OutputError } from './cases/files.js';
export { type Fixture, fixtureText, readFixture } from './cases/fixture.js';
export { SCOPES, scopeNamed } from './cases/scopes.js';
export type { Scope } from './cases/sweep/scope.js';
export { LEGACY_REVISIONS } from './legacy/index.js';
export type { ArchName } from './mm/arch/architecture.js';
export { DEFAULT_ARCHITECTURES } from './mm/arch/index.js';
export type { EngineFamily, Revision } from './mm/revision.js';
export { loadAllowlist } from './oracle/allow_file.js';
export type { AllowEntry, Allowlist } from './oracle/allowlist.js';
export {
  type Replay,
  type Report,
  type ReportClass,
  ReportSchema,
  type ReportViolation,
  type Verdict,
} from './report/model.js';
export { SCHEMA_VERSION } from './report/schema_version.js';
export { VERSION } from './version.js';
