import { matches, type TextRule } from './rule.ts';

export const forgeToken: TextRule = {
  id: 'forge-token',
  title: 'Tokens of GitHub, GitLab, Slack, package registries and the like',
  kind: 'secret',
  about:
    'By the prefixes that their makers publish: ghp_ gho_ ghu_ ghs_ ghr_ github_pat_, glpat- and its kin, xoxb- xoxp- xapp- and Slack hooks, npm_, pypi-, sk_live_ rk_live_, SG., shpat_, dckr_pat_, hf_, sk-.',
  hints: [
    'gh',
    'gl',
    'xox',
    'xapp-',
    'hooks.slack',
    'npm_',
    'pypi-',
    'k_live_',
    'k_test_',
    'sg.',
    'shpat_',
    'dckr_',
    'hf_',
    'sk-',
  ],
  find: matches([
    /((?<![A-Za-z0-9_]))(gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255})/g,
    /((?<![A-Za-z0-9_-]))(gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{16,512}|GR1348941[A-Za-z0-9_-]{16,64})/g,
    /((?<![A-Za-z0-9_-]))(xox[a-z]-[A-Za-z0-9-]{8,512}|xox[a-z]\.[a-z]{3,8}-[A-Za-z0-9-]{8,512}|xapp-\d-[A-Za-z0-9-]{8,512})/g,
    /(hooks\.slack\.com\/(?:services|workflows)\/)([A-Za-z0-9/_-]{8,256})/g,
    /((?<![A-Za-z0-9_-]))(npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,1024}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,128}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}|shpat_[A-Fa-f0-9]{32}|dckr_pat_[A-Za-z0-9_-]{20,64}|hf_[A-Za-z0-9]{30,64}|sk-[A-Za-z0-9_-]{32,256})/g,
  ]),
  samples: [
    'remote: https://«ghp_16C7e42F292c6912E7710c838347Ae178B4a»@github.com/a/b',
    'GITLAB=«glpat-zQ9xWc4vBn8mKj2hGf5d»',
    'slack «xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx»',
    'POST https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX»',
  ],
  quiet: ['ghost_writer', 'glass-house', 'npm_config_cache=/x', 'pypi-server'],
  worst: ['ghp_', 'glpat-', 'xoxb-', 'SG.aaaaaaaaaaaaaaaa.', 'sk-'],
};
