import { matches, type TextRule } from './rule.ts';

export const authorizationHeader: TextRule = {
  id: 'authorization-header',
  title: 'Credentials of an HTTP header',
  kind: 'secret',
  about:
    'What follows the scheme in Authorization and Proxy-Authorization (RFC 9110 11.6.2), X-Auth-Token (Redfish), X-Vault-Token, X-API-Key and the like; Bearer and Basic also without the header.',
  hints: [
    'authorization',
    'digest',
    'bearer',
    'basic ',
    'x-auth',
    'x-vault',
    'x-api',
    'x-amz-security',
    'metadata-token',
    'x-csrf',
  ],
  find: matches([
    // Digest and the like: a list of `name="value"`.
    /((?<![A-Za-z])(?:digest|aws4-hmac-sha256|negotiate)[ \t]{1,8})((?:[\w-]{1,40}=\\?"?[^"\\\r\n,]{0,1024}\\?"?[, \t]{0,8}){1,40})/gi,
    /((?<![A-Za-z])(?:proxy-)?authorization(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?(?:(?:basic|bearer|digest|oauth|token|negotiate|ntlm|aws4-hmac-sha256|apikey)[ \t]{1,8})?)((?!oauth )[^\s"'\\][^"'\\\r\n]{0,4095})/gi,
    /((?<![A-Za-z])bearer[ \t]{1,8})([A-Za-z0-9._~+/=-]{8,4096})/gi,
    /((?<![A-Za-z])basic[ \t]{1,8})([A-Za-z0-9+/]{11,2048}={1,2}|(?=[A-Za-z+/]{0,64}[0-9])[A-Za-z0-9+/]{12,2048})(?![A-Za-z0-9+/=])/gi,
    /((?<![A-Za-z])(?:x-auth-token|x-subject-token|x-vault-token|x-api-key|x-amz-security-token|x-aws-ec2-metadata-token|x-csrf-?token)(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([^\s"'\\,;]{1,4096})/gi,
  ]),
  samples: [
    'Authorization: Basic «YWRtaW46aHVudGVyMg==»',
    'proxy-authorization: Digest «username="alice", nonce="dcd98b7102dd"»',
    '> X-Auth-Token: «d1a3f5c7e9b2»',
    'curl -H "Authorization: Bearer «mF_9.B5f-4.1JqM»"',
    'sent bearer «abcdef0123456789»',
  ],
  quiet: ['basic functionality works', 'authorization failed', 'the bearer of bad news'],
  worst: ['authorization: ', 'basic A', 'bearer a'],
};
