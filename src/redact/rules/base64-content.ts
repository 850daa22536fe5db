import { matches, type TextRule } from './rule.ts';

export const base64Content: TextRule = {
  id: 'base64-content',
  title: 'Content in base64',
  kind: 'payload',
  about:
    'Runs of 60 and more base64 characters: user-data, certificates without their markers, images, keys. What is in them cannot be followed, so they are content.',
  hints: [],
  find: matches(
    /((?<![A-Za-z0-9+/_=-]))((?=[A-Za-z0-9+/_-]{0,200}[A-Z])(?=[A-Za-z0-9+/_-]{0,200}[0-9])(?=[A-Za-z0-9+/_-]{0,200}[a-z])[A-Za-z0-9+/_-]{60,100000}={0,2})/g,
    encoded,
  ),
  samples: ['content: «I2Nsb3VkLWNvbmZpZwp1c2VyczoKICAtIG5hbWU6IGFsaWNlCiAgICBwYXNzd2Q6IGh1bnRlcjIK»'],
  quiet: [
    '/usr/lib/python3/dist-packages/provisioningserver/rackdservices/Tests2/dhcp_probe_service',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],
  worst: ['aA0', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa='],
};

/** Paths have a slash now and then; base64 has one in 64 characters, and no words between. */
function encoded(value: string): boolean {
  return (
    !value.split(/[/_-]/).every((part) => part.length < 24) &&
    /^[A-Za-z0-9+/]+={0,2}$|^[A-Za-z0-9_-]+={0,2}$/.test(value)
  );
}
