import { Problem } from '../../problem.ts';
import { parseMap, type IdentityMap } from './identity-map.ts';

/**
 * The private map, encrypted with age (age-encryption.org/v1) to each of the recipients.
 *
 * @param recipients `age1…`
 * @throws Problem when there is none, or one is not valid
 */
export async function exportMap(map: IdentityMap, recipients: readonly string[]): Promise<Uint8Array> {
  if (recipients.length === 0)
    throw new Problem('usage', 'the map is only written encrypted: give a recipient (age1…)');
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const [i, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      const hint = recipient.startsWith('AGE-SECRET-KEY')
        ? 'that is the secret key'
        : 'an age recipient begins with age1';
      throw new Problem('usage', `recipient ${i + 1} is not valid: ${hint}`);
    }
  }
  return encrypter.encrypt(JSON.stringify(map));
}

/**
 * Opens what `exportMap` wrote.
 *
 * @param identity text of an age identity file: `AGE-SECRET-KEY-1…`, comments aside
 * @throws Problem when it does not open, or holds no map
 */
export async function openMap(encrypted: Uint8Array, identity: string): Promise<IdentityMap> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  const keys = identity.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  let text: string;
  try {
    for (const key of keys) decrypter.addIdentity(key.trim());
    text = await decrypter.decrypt(encrypted, 'text');
  } catch {
    throw new Problem('usage', 'the map does not open with this identity; it is encrypted to another, or damaged');
  }
  return parseMap(text);
}
