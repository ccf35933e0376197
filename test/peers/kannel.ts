import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/entrypoints/demo/child.js';
import { KANNEL_SECRETS } from '../support/http-operator.js';
import { ForeignProcess } from './foreign-process.js';
import { BEARERBOX, SMSBOX } from './installed.js';

/** Debian's Kannel as an aggregator runs it: sendsms over HTTP in front, an SMSC over SMPP behind. Loopback only. */
export class Kannel {
  private constructor(
    /** Of its sendsms interface. */
    readonly origin: string,
    private readonly folder: string,
    private readonly boxes: ForeignProcess[],
  ) {}

  static async start(smscPort: number, systemId: string, password: string): Promise<Kannel> {
    const folder = await mkdtemp(join(tmpdir(), 'kannel-'));
    const ports = { admin: await freePort(), smsbox: await freePort(), sendsms: await freePort() };
    const file = join(folder, 'kannel.conf');
    await writeFile(file, configuration(ports, { smscPort, systemId, password }));
    const boxes: ForeignProcess[] = [];
    const kannel = new Kannel(`http://127.0.0.1:${ports.sendsms}`, folder, boxes);
    try {
      boxes.push(await ForeignProcess.start('bearerbox', BEARERBOX, [file], ports.smsbox));
      boxes.push(await ForeignProcess.start('smsbox', SMSBOX, [file], ports.sendsms));
      return kannel;
    } catch (error) {
      await kannel.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const box of this.boxes.reverse()) await box.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function configuration(
  ports: { admin: number; smsbox: number; sendsms: number },
  { smscPort, systemId, password }: { smscPort: number; systemId: string; password: string },
): string {
  return `
group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = none
admin-deny-ip = "*.*.*.*"
smsbox-port = ${ports.smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = sandbox
host = 127.0.0.1
port = ${smscPort}
transceiver-mode = true
smsc-username = ${systemId}
smsc-password = ${password}
system-type = ""
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${ports.smsbox}
sendsms-port = ${ports.sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = ${KANNEL_SECRETS.username}
password = ${KANNEL_SECRETS.password}
max-messages = 10
concatenation = true
`;
}
