import { BlockList, isIP } from 'node:net';

/** What is not the public internet: this machine, private networks, link-local (cloud metadata), and what only looks public. */
const RESERVED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Inside 2000::/3, which alone is global unicast: documentation, and the tunnels that carry an IPv4 address inside. */
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const GLOBAL_V6 = '2000::/3';

const listOf = (family: 'ipv4' | 'ipv6', ranges: string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = range.split('/') as [string, string];
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};

const reservedV4 = listOf('ipv4', RESERVED_V4);
const reservedV6 = listOf('ipv6', RESERVED_V6);
const globalV6 = listOf('ipv6', [GLOBAL_V6]);

/**
 * Whether an address is a host on the public internet. Everything else is not, also what is no address at all: IPv6 that
 * wraps an IPv4 address (mapped, translated, tunnelled) is refused whatever it wraps.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !reservedV4.check(address, 'ipv4');
    case 6: {
      if (address.includes('%')) return false;
      return globalV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}
