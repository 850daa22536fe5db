import { matches, type TextRule } from './rule.ts';

export const oauthParameters: TextRule = {
  id: 'oauth-parameters',
  title: 'OAuth parameters',
  kind: 'secret',
  about:
    'Values of oauth_token, oauth_consumer_key, oauth_signature, oauth_nonce, oauth_verifier and their secrets (RFC 5849 3.5), in a header, a query or a configuration.',
  hints: ['oauth_', 'consumer_key', 'token_key', 'token_secret'],
  find: matches(
    /((?<![A-Za-z0-9])(?:oauth_(?:consumer_key|consumer_secret|token_secret|token|signature|nonce|verifier|session_handle)|consumer_key|consumer_secret|token_key|token_secret)(?:\\?["'])?[ \t]{0,8}(?:=|:|%3D)[ \t]{0,8}(?:\\?["'])?)([^\s"'\\,&;<>]{1,4096})/gi,
  ),
  samples: [
    'Authorization: OAuth realm="", oauth_nonce="«8472019»", oauth_consumer_key="«Hd9sKx72LqWv8TzRb1»", oauth_signature="«%26s8DkfJ3nWq7Rt»"',
    '{"consumer_key": "«Hd9sKx72LqWv8TzRb1»", "token_secret": "«s8DkfJ3nWq7RtYv2»"}',
    'GET /metadata?oauth_token=«Pm4nYc6JfGu3Xe5QaZ»&oauth_version=1.0',
  ],
  quiet: ['oauth_version="1.0"', 'oauth_signature_method="PLAINTEXT"', 'using oauth_token from the store'],
  worst: ['oauth_token=', 'consumer_key        '],
};
