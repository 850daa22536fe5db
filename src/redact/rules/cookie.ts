import { matches, type TextRule } from './rule.ts';

export const cookie: TextRule = {
  id: 'cookie',
  title: 'Cookies and session ids',
  kind: 'secret',
  about:
    'All of a Cookie header, the pair of a Set-Cookie header (RFC 6265 4), and values of session and CSRF ids of common frameworks wherever they stand.',
  hints: ['cookie', 'session', 'csrf', 'phpsessid', 'sid='],
  find: matches([
    /((?<![A-Za-z-])cookie2?(?:\\?["'])?[ \t]{0,8}:[ \t]{0,8}(?:\\?["'])?)([^"'\\\r\n]{1,4096})/gi,
    /((?<![A-Za-z-])set-cookie2?(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?[\w.!#$%&*+^`|~-]{1,128}=)([^"'\\\r\n;]{1,4096})/gi,
    /((?<![A-Za-z])(?:sessionid|session_id|session-id|session_key|csrftoken|csrfmiddlewaretoken|xsrf-token|jsessionid|phpsessid|connect\.sid|sid)(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([A-Za-z0-9%._~+/=-]{8,4096})/gi,
  ]),
  samples: [
    'Cookie: «sessionid=38afes7a8; csrftoken=u32t4o3tb3gg43»',
    'Set-Cookie: id=«a3fWa.dQz»; Expires=Thu, 21 Oct 2027 07:28:00 GMT; Path=/',
    'GET /MAAS/?sessionid=«q9h2k4l6m8n0» HTTP/1.1',
  ],
  quiet: ['cookies are enabled', 'New session 12 of user root.', 'session_id: 12'],
  worst: ['cookie: ', 'set-cookie: a', 'sessionid='],
};
