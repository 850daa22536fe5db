/**
 * What is never opened, whatever the catalogue or a person asks for: decided by the path alone, before anything is
 * read. Order does not matter; the first that matches gives the reason.
 */
export interface Exclusion {
  id: string;
  /** On the whole path with forward slashes, lower-cased. */
  pattern: RegExp;
  why: string;
}

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    id: 'maas-configuration',
    pattern: /\/(?:regiond|rackd)\.conf(?:[.~-][^/]*)?$/,
    why: 'database password, Vault role and secret ids; its mode is taken instead',
  },
  {
    id: 'maas-secret',
    pattern: /\/maas\/(?:[^/]*\/)*secret$|\/var\/snap\/maas\/(?:[^/]*\/)*secret$/,
    why: 'shared secret of region and rack',
  },
  { id: 'maas-command', pattern: /\/\.maascli\.db[^/]*$/, why: 'API keys of the maas command' },
  {
    id: 'maas-database',
    pattern: /\/postgres(?:ql)?\/|\/(?:pgdata|pg_[a-z]+)\/|\.(?:sqlite3?|db|kdbx|dump|sql)(?:\.(?:gz|xz|zst|bz2))?$/,
    why: 'a database: credentials of machines and users',
  },
  {
    id: 'preseed',
    pattern: /\/preseeds?\/|\/(?:user-data|vendor-data|curtin-userdata|autoinstall)[^/]*$|\/cloud-config\.txt$/,
    why: 'user-data and preseeds hold passwords and keys',
  },
  {
    id: 'private-key',
    pattern:
      /\.(?:key|p12|pfx|jks|keystore|ppk|asc|gpg|age|pem\.enc)$|[/._-](?:priv|private|privkey|key)\.pem$|-key\.pem$|\/id_(?:rsa|dsa|ecdsa|ed25519)[^/]*$|\/ssh_host_[^/]*key$|\/private\//,
    why: 'a private key, by its name',
  },
  {
    id: 'dns-key',
    pattern: /\/(?:rndc|session|ddns|tsig)[^/]*\.(?:key|conf)$|\/named\.conf\.rndc[^/]*$|\/rndc\.conf[^/]*$/,
    why: 'TSIG and rndc keys',
  },
  {
    id: 'credentials',
    pattern:
      /\/(?:\.netrc|netrc|\.pgpass|\.git-credentials|\.htpasswd|\.vault-token|\.dockercfg|wpa_supplicant[^/]*\.conf|chap-secrets|pap-secrets)$|\/auth\.conf(?:\.d\/[^/]*)?$|\/(?:chrony|ntp)\.keys$|\/\.(?:ssh|gnupg|aws|kube|docker)\//,
    why: 'a file of credentials',
  },
  {
    id: 'accounts',
    pattern: /\/etc\/(?:g?shadow-?|sudoers|opasswd|krb5\.keytab|machine-id)$|\/etc\/(?:security\/opasswd|sudoers\.d\/)/,
    why: 'password hashes and rights of accounts',
  },
  {
    id: 'named-secret',
    pattern: /\/[^/]*(?:password|passwd|secret|token|credential|macaroon)[^/]*$/,
    why: 'it is named for a secret',
  },
  {
    id: 'kernel-memory',
    pattern:
      /^\/(?:dev|sys\/kernel\/(?:debug|tracing))\/|^\/proc\/(?:kcore|kmsg|kpage[a-z]*$|(?:\d+|self|thread-self)\/(?!net\/))|\/core(?:\.\d+)?$|\/(?:crash|coredump)\//,
    why: 'devices and memory of processes',
  },
];

/** @param path from the host's root, with forward slashes; bytes or text @returns why it is never opened */
export function excluded(path: string): Exclusion | undefined {
  const lower = asciiLower(path);
  return EXCLUSIONS.find(({ pattern }) => pattern.test(lower));
}

/** Without the locale: a Turkish one would lower I to a letter that no pattern holds. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
}
