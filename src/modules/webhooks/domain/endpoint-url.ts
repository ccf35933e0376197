/**
 * Whether an account may have us call an address: over TLS, on the public internet, without credentials in it. A name is looked up, and
 * looked at again, when something is delivered; here only what is plain to see is refused. `isPublic` knows addresses;
 * `allowPrivate` is for a demo or a test on one machine, where plain HTTP will do as well.
 */
export function mayDeliverTo(url: string, isPublic: (address: string) => boolean, allowPrivate: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password, hash } = new URL(url);
  if (username !== '' || password !== '' || hash !== '') return false;
  if (allowPrivate) return protocol === 'https:' || protocol === 'http:';
  return protocol === 'https:' && isPublicHost(hostname, isPublic);
}

function isPublicHost(hostname: string, isPublic: (address: string) => boolean): boolean {
  if (hostname.startsWith('[')) return isPublic(hostname.slice(1, -1));
  // The parser has written every spelling of an IPv4 address as four numbers.
  if (/^[\d.]+$/.test(hostname)) return isPublic(hostname);
  return /\.[a-z][a-z0-9-]*\.?$/.test(hostname) && !/\.(local|localhost|internal|test|invalid)\.?$/.test(hostname);
}
