var crypto = require('crypto');
function refuse(status, text) {
  var headers = { 'cache-control': { value: 'no-store' } };
  if (status === 401) headers['www-authenticate'] = { value: 'Basic realm="assistant", charset="UTF-8"' };
  return { statusCode: status, statusDescription: text, headers: headers };
}
function handler(event) {
  var request = event.request, headers = request.headers;
  var value = function (name) { return headers[name] ? headers[name].value : ''; };
  if (EXPECTED && crypto.createHash('sha256').update(value('authorization')).digest('hex') !== EXPECTED) {
    return refuse(401, 'Unauthorized');
  }
  delete headers.authorization;
  request.cookies = {};
  if (request.uri === '/v1/chat/completions') {
    // the page's own requests only: another site cannot make a viewer's browser ask
    if (request.method !== 'POST') return refuse(405, 'Method Not Allowed');
    if (value('sec-fetch-site') && value('sec-fetch-site') !== 'same-origin') return refuse(403, 'Forbidden');
    if (value('content-type').indexOf('application/json') !== 0) return refuse(415, 'Unsupported Media Type');
    if (!value('content-length')) return refuse(411, 'Length Required');
    if (Number(value('content-length')) > LIMIT) return refuse(413, 'Content Too Large');
  }
  return request;
}
