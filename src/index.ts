/**
 * rackwitness as a library. Nothing here prints, exits or reads the command line; captures are opened by name, and the
 * only other things read are a profile that is named and the package's own files.
 */
export { analyze, type AnalyzeOptions, type VantageInput } from './pipeline.ts';
export {
  decode,
  explain,
  frames,
  records,
  type DecodeOptions,
  type Frame,
  type FramesOptions,
  type RecordsOptions,
  type StreamKind,
  type StreamSummary,
} from './streams.ts';
export type { SwitchInput } from './switch/read.ts';
export type { Progress, VantageOptions } from './capture/vantage.ts';
export { parseSpan } from './capture/covers.ts';
export { linkTypeName } from './capture/linktypes.ts';
export { CAPTURE_ERROR_CODES, CaptureError, type CaptureErrorCode } from './capture/error.ts';
export { Problem, type ProblemKind } from './problem.ts';
export { packageRoot, version } from './installed.ts';

export { DETECTORS } from './detect/registry.ts';
export type { Detector } from './detect/detector.ts';
export { SEVERITIES, type Severity } from './detect/finding.ts';
export type { Site, Standing } from './detect/site.ts';
export { siteOf, UNDECLARED } from './detect/profile/site.ts';
export { parseProfile, readProfile } from './detect/profile/read.ts';
export { PROFILE_SCHEMA, type Profile } from './detect/profile/profile.ts';

export * from './report/analysis.ts';
export { jsonText } from './report/json.ts';
export { textReport } from './report/text.ts';
export { faultLines, unreadLines } from './report/captures.ts';
export { learnProfile } from './report/learn.ts';
export { explanationJson, explanationText, type Explanation } from './report/explain.ts';
export { atLeast } from './report/verdict.ts';

export { PROTOCOLS } from './wire/registry.ts';
export { safeText } from './wire/values.ts';

export {
  capture,
  CAPTURE_DEFAULTS,
  planCapture,
  type CaptureRequest,
  type PlannedCapture,
} from './collect/capture/plan.ts';
export {
  type CaptureHost,
  type CaptureOutcome,
  type CapturePlan,
  type CaptureProgress,
  plannedCommand,
} from './collect/capture/run.ts';
export {
  reportPath as redactionReportPath,
  RedactingSink,
  type RedactingOptions,
} from './collect/capture/redacting-sink.ts';
export { ENGINES as CAPTURE_ENGINES } from './collect/capture/engines.ts';
export { presetFilter, PRESETS as CAPTURE_PRESETS } from './collect/capture/presets.ts';

export {
  packBundle,
  writeBag,
  type BagOptions,
  type BundleOptions,
  type PackedBag,
  type PackedBundle,
  type PayloadEntry,
} from './bundle/pack.ts';
export { stalePartials } from './bundle/atomic.ts';
export {
  createSigningKey,
  readPinnedKey,
  readSigner,
  type CreatedKey,
  type PinnedKey,
  type Signer,
} from './bundle/sign/keys.ts';
export { createCaseKeyIn } from './bundle/sign/case-key.ts';
export { CustodyChain, readChain, type CustodyAction, type CustodyEvent } from './bundle/custody/chain.ts';
export { recordEvent, sidecarName } from './bundle/custody/sidecar.ts';
export { clockOffset, instantText, parseInstant, systemClock } from './bundle/clock.ts';
export {
  openVerified,
  verifyBundle,
  type Verdict,
  type Verification,
  type VerifiedBundle,
  type VerifyOptions,
} from './bundle/verify/verify.ts';
export { check as verificationCheck, type Check, type Failure } from './bundle/verify/check.ts';
export { checklistText, verificationJson } from './bundle/verify/checklist.ts';
export { extract, unpackBundle, type Unpacked, type UnpackOptions } from './bundle/unpack.ts';
export { RAW_TIER, SEALED_TIER, type BundleFacts, type GateStatement, type NamedDigest } from './bundle/statement.ts';
export { parseCaseFile, readCaseFile, tiersOf, type CaseFile, type TierPlan } from './bundle/tiers/case-file.ts';
export { commitment, commitmentSalt, opens as commitmentOpens, sourceCommitments } from './bundle/tiers/commitment.ts';
export { sealPayload, type Sealed, type SealOptions } from './bundle/tiers/seal.ts';
export {
  writeTimeline,
  type TimelineEntry,
  type TimelineFrame,
  type TimelineInterface,
  type TimelineOptions,
} from './bundle/timeline.ts';

export type { ApprovalWords } from './collect/approval.ts';
export { type Collector, PROFILES as COLLECT_PROFILES, SYMPTOMS, type Symptom } from './collect/collector.ts';
export { COLLECTORS } from './collect/registry.ts';
export { type CollectWords, planCollection, type PlannedCollection } from './collect/plan.ts';
export { collect, type CollectOptions, DEFAULT_BUDGET } from './collect/run.ts';
export { type CollectionManifest, type ManifestEntry, readCollection } from './collect/manifest.ts';
export { collectionText, previewText } from './collect/summary.ts';

export { readCaseKey } from './redact/key.ts';
export { diffPolicies } from './redact/policy/diff.ts';
export { loadPolicy, shippedPolicies } from './redact/policy/load.ts';
export { redactCase, type CaseOptions, type RedactedCase } from './redact/case.ts';
export { redactionText } from './redact/report-text.ts';
export type { RedactionReport } from './redact/report.ts';
export { redactStream, type StreamOptions } from './redact/stream.ts';
export { readSosMap, restoreFromMap, writePrivateMap } from './bundle/private-map.ts';
export {
  type Approval,
  type BundleSource,
  flagOf,
  makeBundle,
  type MadeBundle,
  type MakeOptions,
} from './bundle/make.ts';
export { makeTiers, type MadeTier, type TiersOptions } from './bundle/tiers/make-tiers.ts';
export { collectedSources } from './bundle/collected.ts';
export { actorOf } from './collect/actor.ts';
export { reanalyze } from './bundle/reanalyze.ts';
