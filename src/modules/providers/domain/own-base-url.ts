/**
 * Whether an account may have a company's API called at an address: over TLS, at the company's own hosts and nowhere else, so that
 * nobody makes this server speak to a host of their choice. `isLocal` says which hosts are ours to allow (a stand-in beside a demo).
 */
export function mayCall(baseUrl: string, hosts: readonly string[], isLocal: (host: string) => boolean): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname, port, username } = new URL(baseUrl);
  if (username !== '') return false;
  if (isLocal(hostname)) return true;
  const isCompanys = hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
  return protocol === 'https:' && port === '' && isCompanys;
}
