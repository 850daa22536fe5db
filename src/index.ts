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
