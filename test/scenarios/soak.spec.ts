import { runSoak } from '../soak/soak.js';

/** The short `npm run soak`: everything goes wrong at once, in processes of their own, and both ends are compared. */
describe('a minute in which everything goes wrong', () => {
  it('[B1] [B11] loses nothing, sends nothing twice and balances, whoever is killed', async () => {
    const { figures, findings } = await runSoak({
      messages: 900,
      workers: 2,
      seconds: 11,
      seed: 7,
      unknownSeconds: 8,
      dataDir: '.data/soak-spec',
    });
    expect(findings).toEqual([]);
    expect(figures).toMatchObject({ messages: 900, duplicates: 0, lost: 0, stuck: 0, ledgerViolations: 0 });
    expect(figures).toMatchObject({ dbRestarts: 1, cuts: 1 });
    expect(figures.kills).toBeGreaterThan(0);
    expect(figures.apiKills).toBeGreaterThan(0);
    expect(figures.submitted).toBeGreaterThan(700);
  }, 240_000);
});
