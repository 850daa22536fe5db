import { matches, type TextRule } from './rule.ts';

export const wireguardKey: TextRule = {
  id: 'wireguard-key',
  title: 'WireGuard keys',
  kind: 'secret',
  about: 'PrivateKey, PresharedKey and PublicKey of wg(8), systemd.netdev(5) and netplan: 32 bytes in base64.',
  hints: ['key'],
  find: matches(
    /((?<![A-Za-z0-9])(?:private|preshared|public|shared)[ _-]?key(?:\\?["'])?[ \t]{0,8}[=:][ \t]{0,8}(?:\\?["'])?)([A-Za-z0-9+/]{42,43}=)/gi,
  ),
  samples: [
    'PrivateKey = «yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»',
    '  preshared key: «FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=»',
  ],
  quiet: ['PublicKey = none'],
  worst: ['private key  ', 'publickey='],
};
