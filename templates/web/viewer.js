function refuse(status) {
  var headers = { 'cache-control': { value: 'no-store' } };
  if (status === 401) headers['www-authenticate'] = { value: 'Basic realm="assistant"' };
  return { statusCode: status, headers: headers };
}
function handler(event) {
  var request = event.request;
  var header = function (name) { return request.headers[name] ? request.headers[name].value : ''; };
  var sent = require('crypto').createHash('sha256').update(header('authorization')).digest('hex');
  if (EXPECTED && sent !== EXPECTED) return refuse(401);
  delete request.headers.authorization;
  if (request.uri === '/v1/chat/completions') {
    if (request.method !== 'POST') return refuse(405);
    if (header('sec-fetch-site') && header('sec-fetch-site') !== 'same-origin') return refuse(403);
    if (!(parseInt(header('content-length'), 10) <= LIMIT)) return refuse(413);
  }
  return request;
}
