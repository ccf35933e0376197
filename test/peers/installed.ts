import { existsSync } from 'node:fs';

export const BEARERBOX = '/usr/sbin/bearerbox';
export const SMSBOX = '/usr/sbin/smsbox';
export const EXAMPLE_SMSC = '/usr/share/doc/libnet-smpp-perl/examples/smsc.pl';

/** Run before the specs: peers that are not there are a failure, not a reason to skip. */
const missing = [BEARERBOX, SMSBOX, EXAMPLE_SMSC].filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.error(`These peers are not installed: ${missing.join(', ')}`);
  console.error(
    "Install them: apt-get install -y --no-install-recommends -o Dpkg::Options::='--path-include=/usr/share/doc/libnet-smpp-perl/*' kannel libnet-smpp-perl",
  );
  process.exit(1);
}
