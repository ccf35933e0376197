import type { ProviderReport } from '../../../src/modules/providers/index.js';
import { violations } from '../../support/dispatch-audit.js';
import { openSmppLink } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';

const [WANTS, REFUSES] = ['306910000001', '306910000009'];

/** What operators say about people who do not want messages ends up on the list of the account whose message it was. */
describe('an opt-out at the provider', () => {
  const stage = DispatchStage.forSpec();

  beforeEach(() => stage.query('DELETE FROM opt_outs'));

  const listed = () =>
    stage.query('SELECT account_id AS "accountId", digits, source, note FROM opt_outs ORDER BY digits');

  it('is taken from the answer to a submit, where its status means that', async () => {
    await stage.operatorWith({ suffixes: { '9': 'refused' } });
    await stage.queue({ recipients: [WANTS, REFUSES] });
    stage.start({ statusMeanings: { '0000000b': 'opted_out' } });
    await stage.inState('submitted', 1);
    await stage.inState('rejected', 1);
    const accountId = stage.account.id;
    expect(await listed()).toEqual([{ accountId, digits: REFUSES, source: 'provider', note: '0x0000000b' }]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('is nothing but a refusal where its status means no more', async () => {
    await stage.operatorWith({ suffixes: { '9': 'refused' } });
    await stage.queue({ recipients: [REFUSES] });
    stage.start();
    await stage.inState('rejected', 1);
    expect(await listed()).toEqual([]);
  });

  it('is taken from a report, once it is known whose message it was', async () => {
    await stage.queue({ recipients: [WANTS] });
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider);
    stage.rig.dispatcher.start();
    await stage.inState('submitted', 1);
    const [part] = await stage.query<{ id: string }>('SELECT provider_message_id AS id FROM attempt_parts');
    const report = (providerMessageId: string): ProviderReport & { providerId: string } => ({
      providerId: stage.provider.id,
      providerMessageId,
      status: 'rejected',
      intermediate: false,
      errorCode: '21610',
      optedOut: true,
      doneAt: null,
      receivedAt: stage.clock.now(),
      raw: 'as it came',
    });
    await stage.rig.inbox.append([report('of nobody'), report(part!.id), report(part!.id)], stage.clock.now());
    await stage.rig.reports.execute();
    const accountId = stage.account.id;
    expect(await listed()).toEqual([{ accountId, digits: WANTS, source: 'provider', note: '21610' }]);
    expect(await violations(stage.db.database)).toEqual([]);
  });
});
