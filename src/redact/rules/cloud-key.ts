import { matches, type TextRule } from './rule.ts';

export const cloudKey: TextRule = {
  id: 'cloud-key',
  title: 'Keys of AWS, Google Cloud, Azure and other clouds',
  kind: 'secret',
  about: 'AWS access key ids by their prefix and secret keys by their name; Google API keys (AIza…), OAuth tokens (ya29.) and client secrets (GOCSPX-); Azure account keys, shared access signatures and client secrets; DigitalOcean tokens.',
  hints: ['akia', 'asia', 'agpa', 'aida', 'aroa', 'aipa', 'anpa', 'anva', 'abia', 'acca', 'aws', 'secret_access', 'secretaccess', 'aiza', 'ya29.', 'gocspx-', 'accountkey', 'sharedaccess', 'sig=', '8q~', 'dop_v1_', 'x-amz-', 'x-goog-'],
  find: matches([
    /((?<![A-Za-z0-9]))((?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16})(?![A-Za-z0-9])/g,
    /((?<![A-Za-z0-9])(?:aws_?)?secret_?access_?key(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([A-Za-z0-9/+=]{16,128})/gi,
    /((?<![A-Za-z0-9_-]))(AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z._-]{20,2048}|GOCSPX-[0-9A-Za-z_-]{20,64}|dop_v1_[0-9a-f]{64})/g,
    /((?<![A-Za-z])(?:AccountKey|SharedAccessKey|SharedAccessSignature)=)([A-Za-z0-9+/=%&._-]{16,1024})/gi,
    /((?<=[?&])(?:sig|X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|X-Goog-Signature|X-Goog-Credential)=)([^\s&"'<>]{8,4096})/gi,
    /((?<![A-Za-z0-9_~.-]))([A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34})/g,
  ]),
  samples: [
    'aws_access_key_id = «AKIAIOSFODNN7EXAMPLE»',
    'aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»',
    'key=«AIzaSyA1234567890abcdefghijklmnopqrstuv»',
    'DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=«Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==»',
    'https://acc.blob.core.windows.net/c/b?sv=2022-11-02&sig=«abc%2Bdef123456%3D»&se=x',
  ],
  quiet: ['AKIA is a prefix', 'aida sings'],
  worst: ['AKIA', 'secret_access_key    ', '?sig=', 'aaa8Q~'],
};
