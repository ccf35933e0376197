import { lookup, type LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { buildConnector } from 'undici';
import { isPublicAddress } from './addresses.js';

/** Who may be connected to. */
export interface OutboundPolicy {
  /** Also addresses that are not on the public internet: for a demo or a test on one machine only. */
  allowPrivateAddresses: boolean;
}

/** The target is not on the public internet. Nothing was connected, so nothing was sent. */
export class BlockedAddressError extends Error {
  readonly code = 'BLOCKED_ADDRESS';

  constructor(host: string) {
    super(`${host} is not a public address`);
    this.name = 'BlockedAddressError';
  }
}

/** Whatever went wrong before the connection was there; `code` is the system's or TLS's. Provably nothing was sent. */
export class ConnectError extends Error {
  constructor(
    readonly code: string,
    cause: Error,
  ) {
    super(cause.message, { cause });
    this.name = 'ConnectError';
  }
}

export interface ConnectTarget {
  host: string;
  port: number;
  /** Absent: plain TCP. */
  tls?: { serverName?: string | undefined; ca?: string | undefined } | null;
}

/** A socket on its way to `target`; it is destroyed with {@link BlockedAddressError} when that is not allowed. */
export function guardedConnect({ host, port, tls }: ConnectTarget, policy: OutboundPolicy): Socket {
  const refusal = refuseLiteral(host, policy);
  if (refusal) {
    const socket = new Socket();
    process.nextTick(() => socket.destroy(refusal));
    return socket;
  }
  const options = { host, port, lookup: guardedLookup(policy) };
  if (!tls) return connectTcp(options);
  return connectTls({
    ...options,
    servername: tls.serverName ?? (isIP(host) ? '' : host),
    ...(tls.ca && { ca: tls.ca }),
  });
}

/** A connector for undici's pools. Every failure before the connection stands is a {@link ConnectError}. */
export function guardedConnector(policy: OutboundPolicy, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: guardedLookup(policy) });
  return (options, callback) => {
    const fail = (error: Error) =>
      callback(new ConnectError((error as NodeJS.ErrnoException).code ?? error.name, error), null);
    const refusal = refuseLiteral(options.hostname, policy);
    if (refusal) return process.nextTick(fail, refusal);
    connect(options, (...[error, socket]) => (error ? fail(error) : callback(null, socket)));
  };
}

/**
 * Resolves a name once and checks what came out; the connection goes to exactly these addresses, so a second answer of the
 * name server cannot lead elsewhere. One address that is not allowed refuses the whole name.
 */
function guardedLookup(policy: OutboundPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '');
      const allowed = policy.allowPrivateAddresses || addresses.every(({ address }) => isPublicAddress(address));
      const first = addresses[0];
      if (!allowed || !first) return callback(new BlockedAddressError(hostname), '');
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

/** Addresses written as such never reach the look-up. */
function refuseLiteral(host: string, policy: OutboundPolicy): BlockedAddressError | null {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (policy.allowPrivateAddresses || isIP(address) === 0 || isPublicAddress(address)) return null;
  return new BlockedAddressError(host);
}
