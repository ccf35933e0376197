import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/entrypoints/demo/child.js';
import { ForeignProcess } from './foreign-process.js';
import { EXAMPLE_SMSC } from './installed.js';

/** What it answers to every submit. */
export const ONLY_ID = '123456789';

const SUBMIT_ANSWER = "$me->submit_sm_resp(message_id=>'123456789',\n\t\t\t\t\t\t       seq => $pdu->{seq}) }, },";

/**
 * The SMSC among the examples of Perl's Net::SMPP, which gives one id to all messages. Changed in two ways only: it listens on a port
 * of our choice, and where a number ends in 1 or 2 its answer is followed by a receipt (delivered, undelivered), which the example
 * never sends, so that it dies of the answer to one.
 */
export class ExampleSmsc {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly process: ForeignProcess,
  ) {}

  static async start(): Promise<ExampleSmsc> {
    const folder = await mkdtemp(join(tmpdir(), 'example-smsc-'));
    const port = await freePort();
    const script = join(folder, 'smsc.pl');
    await writeFile(script, adapt(await readFile(EXAMPLE_SMSC, 'utf8'), port));
    const running = await ForeignProcess.start('the example SMSC', '/usr/bin/perl', [script, '3'], port);
    return new ExampleSmsc(port, folder, running);
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function adapt(script: string, port: number): string {
  const changes: [from: string, to: string][] = [
    ["$host = 'localhost';", "$host = '127.0.0.1';"],
    ['$port = 9900;', `$port = ${port};`],
    [SUBMIT_ANSWER, SUBMIT_ANSWER.replace(' }, },', ';\n receipt($me, $pdu); }, },')],
    ["cmd => 'deliver_sm_resp', reply => undef", "cmd => 'deliver_sm_resp', reply => sub {}"],
    ['use Data::Dumper;', `use Data::Dumper;\n${RECEIPT}`],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the example SMSC is not the one we know: it has no ${from}`);
    return text.replace(from, () => to);
  }, script);
}

const RECEIPT = `
sub receipt {
    my ($me, $pdu) = @_;
    my %stat = (1 => 'DELIVRD', 2 => 'UNDELIV');
    my $stat = $stat{substr($pdu->{destination_addr}, -1)} or return;
    $me->deliver_sm(async => 1, esm_class => 4,
                    source_addr => $pdu->{destination_addr}, destination_addr => $pdu->{source_addr},
                    short_message => "id:${ONLY_ID} sub:001 dlvrd:001 submit date:2601011200 done date:2601011200 stat:$stat err:000 text:");
}
`;
