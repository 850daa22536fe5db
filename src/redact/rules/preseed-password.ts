import { matches, type TextRule } from './rule.ts';

export const preseedPassword: TextRule = {
  id: 'preseed-password',
  title: 'Passwords of installers',
  kind: 'secret',
  about:
    'debconf answers whose question names a password (`d-i passwd/user-password-crypted password …`, `grub-installer/password`, database and LDAP packages), kickstart `rootpw`, `user --password`, `bootloader --password`, AutoYaST and autounattend passwords.',
  hints: ['passw', 'rootpw', 'debconf', 'iscrypted'],
  find: matches([
    /((?<![\w-])[\w.+-]{1,64}[ \t]{1,8}[\w.+/-]{0,128}passw[\w.+/-]{0,64}[ \t]{1,8}password[ \t]{1,8})(\S[^\r\n]{0,512})/gi,
    /((?<![\w-])rootpw[ \t]{1,4}(?:--(?:iscrypted|plaintext|lock|allow-ssh)[ \t]{1,4}){0,3})((?!--)\S{1,512})/gi,
    /(<(?:user_password|password|Value|encryptedPassword|AdministratorPassword)>)([^<\r\n]{1,512})(?=<\/)/gi,
  ]),
  samples: [
    'd-i passwd/user-password password «insecure»',
    'd-i passwd/root-password-crypted password «$1$abc$def»',
    'rootpw --iscrypted «$6$abc$defghij»',
    '<user_password>«linux99»</user_password>',
  ],
  quiet: ['d-i passwd/user-fullname string Ubuntu', 'rootpw --lock'],
  worst: ['passwd/passw', 'd-i a/passw ', '<password>', 'rootpw --lock '],
};
