import { splitParts } from '../../src/kernel/sms-parts.js';
import { KANNEL_SECRETS, kannelSettings } from '../support/http-operator.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';
import { Kannel } from './kannel.js';
import { WireTap } from './wire-tap.js';

const GSM7: [name: string, text: string][] = [
  ['one part', 'Your appointment is tomorrow at 10:00.'],
  ['a full part', 'x'.repeat(160)],
  ['one septet too many', 'x'.repeat(161)],
  ['the whole alphabet', '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà'.repeat(3)],
  ['the extension table', '^{}\\[~]|€'.repeat(20)],
  ['an extension character at the cut', `${'a'.repeat(152)}€${'b'.repeat(152)}`],
  ['seven parts', 'Please bring your insurance card and the results. '.repeat(20)],
];
const UCS2: [name: string, text: string][] = [
  ['one part', 'Ждём вас завтра в 10:00'],
  ['a full part', 'я'.repeat(70)],
  ['one unit too many', 'я'.repeat(71)],
  ['several parts', 'Уважаемый клиент, для вас есть письмо. '.repeat(9)],
  ['Polish and Greek', 'Zażółć gęślą jaźń — Καλημέρα σας, '.repeat(5)],
];

/** Russian numbers go through Kannel to the operator, Polish ones by our own SMPP; both pass the same wire tap. */
describe('Kannel', () => {
  let operator: SandboxOperator;
  let tap: WireTap;
  let kannel: Kannel;
  let story: Story;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start({
      moreSystemIds: { aggregator: 'sandbox' },
      suffixes: { '02': 'undelivered', '04': 'refused' },
    });
    tap = await WireTap.before(operator.ports.smpp);
    kannel = await Kannel.start(tap.port, 'aggregator', 'sandbox');
    await until('Kannel is bound', () => operator.stats().sessions === 1, 20_000);
    story = await Story.begin();
    await story.addProvider({
      kind: 'http',
      settings: kannelSettings(kannel.origin),
      credentials: KANNEL_SECRETS,
      prefix: '7',
    });
    await story.addSmpp(tap.port, '48');
    portal = await story.openPortal({ amount: '5000.00' });
  });
  afterAll(async () => {
    await story?.end();
    await kannel?.stop();
    await tap?.stop();
    await operator?.stop();
  });

  const phone = (prefix: '7916' | '4851', ending = '00') => {
    const rest = (prefix === '7916' ? 10_000 : 1_000) + ++sent;
    return `${prefix}${String(rest).padStart(5, '0')}${ending}`;
  };

  it('takes a message over sendsms, and its report comes back by the dlr-url', async () => {
    const to = phone('7916');
    const { id } = await portal.send(`+${to}`, 'Ждём вас завтра в 10:00');
    const shown = await portal.inState(id, 'delivered', 20_000);
    expect(operator.inbox(to)).toEqual([expect.objectContaining({ text: 'Ждём вас завтра в 10:00' })]);
    expect(shown).toMatchObject({ chargeState: 'captured', attempts: [{ number: 1, state: 'submitted' }] });
  });

  it('tells of what was not delivered, and of what the operator refused', async () => {
    const [undelivered, refused] = [phone('7916', '02'), phone('7916', '04')];
    const first = await portal.send(`+${undelivered}`, 'hello');
    const second = await portal.send(`+${refused}`, 'hello');
    await portal.inState(first.id, 'undelivered', 20_000);
    await portal.inState(second.id, 'rejected', 20_000);
    expect(operator.inbox(refused)).toEqual([]);
  });

  describe.each([
    ['GSM-7', 'gsm7', GSM7],
    ['UCS-2', 'ucs2', UCS2],
  ] as const)('puts %s on the wire as we do', (_alphabet, encoding, texts) => {
    it.each(texts)('%s', async (_name, text) => {
      expect(splitParts(text).encoding).toBe(encoding);
      const [theirs, ours] = [phone('7916'), phone('4851')];
      const messages = await Promise.all([theirs, ours].map((to) => portal.send(`+${to}`, text)));
      for (const { id } of messages) await portal.inState(id, 'delivered', 20_000);
      const expected = tap.to(theirs);
      const seen = tap.to(ours);
      expect(expected).toHaveLength(splitParts(text).parts.length);
      expect(seen.map(withoutAddress)).toEqual(expected.map(withoutAddress));
      expect(new Set(seen.map(({ reference }) => reference)).size).toBe(1);
      for (const to of [theirs, ours]) expect(operator.inbox(to)).toEqual([expect.objectContaining({ text })]);
    });
  });
});

const withoutAddress = ({ dataCoding, hasHeader, header, text }: ReturnType<WireTap['to']>[number]) => ({
  dataCoding,
  hasHeader,
  header,
  text,
});
