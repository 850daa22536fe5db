import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { safeText } from '../wire/values.ts';

/** Who ran it: an account, and behind it the person who logged in or the service that started it. */
export interface Actor {
  uid: number;
  account: string;
  /** Uid of the login session, which `sudo` does not change; -1 where no person logged in. */
  loginUid: number;
  /** systemd unit, '' where none is known. */
  unit: string;
}

/** The kernel's "not set" (audit_login.h). */
const NO_LOGIN = 4_294_967_295;

export function actorOf(): Actor {
  const { uid, username } = userInfo();
  const login = Number(kernelText('/proc/self/loginuid') || NO_LOGIN);
  // cgroups(7): `0::/system.slice/collect.service`
  const units = kernelText('/proc/self/cgroup').match(/[^/\n]+\.(?:service|scope)(?=\/|$)/gm) ?? [];
  return {
    uid,
    account: safeText(username).slice(0, 64),
    loginUid: Number.isSafeInteger(login) && login !== NO_LOGIN ? login : -1,
    unit: safeText(units.at(-1) ?? '').slice(0, 256),
  };
}

function kernelText(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}
