import { escapedJson } from '../wire/values.ts';

/**
 * A value as JSON. What a terminal or an editor would act on (C1 controls, bidirectional marks, line separators) is
 * written as `\uXXXX`, so that text from a capture can be looked at as it stands in the output; it reads back the same.
 */
export function jsonText(value: object, indent?: number): string {
  return escapedJson(JSON.stringify(value, null, indent));
}
