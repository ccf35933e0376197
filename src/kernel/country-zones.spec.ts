import metadata from 'libphonenumber-js/metadata.max.json';
import { zonesOfCountry } from './country-zones.js';
import { isTimeZone } from './zoned-time.js';

describe('the zones of a country', () => {
  it.each([
    ['PL', ['Europe/Warsaw']],
    ['GR', ['Europe/Athens']],
  ])('%s has one', (country, zones) => expect(zonesOfCountry(country)).toEqual(zones));

  it.each([
    ['RU', 11, ['Europe/Kaliningrad', 'Europe/Moscow', 'Asia/Yekaterinburg', 'Asia/Kamchatka']],
    ['US', 6, ['America/New_York', 'America/Phoenix', 'America/Adak', 'Pacific/Honolulu']],
    ['ES', 2, ['Europe/Madrid', 'Atlantic/Canary']],
    // Christmas and the Cocos Islands, whose mobile numbers are in the same ranges.
    ['AU', 8, ['Australia/Perth', 'Australia/Lord_Howe', 'Indian/Christmas', 'Indian/Cocos']],
  ])('%s has several, of %i different clocks at least', (country, clocks, some) => {
    const zones = zonesOfCountry(country);
    expect(zones).toEqual(expect.arrayContaining(some));
    const shown = zones.map((timeZone) =>
      new Date('2026-01-15T12:00:00Z').toLocaleString('en', { timeZone, timeStyle: 'long', hour12: false }),
    );
    expect(new Set(shown.map((text) => text.slice(0, 8))).size).toBeGreaterThanOrEqual(clocks);
  });

  it.each(['', '001', '881', 'ZZ', 'XX', 'EU', 'pl', 'P', 'POL', 'PL-PL', '../', ' PL'])(
    'none are known of “%s”',
    (country) => expect(zonesOfCountry(country)).toEqual([]),
  );

  it('are known, and known to the product, for every country that has numbers, but three', () => {
    const countries = Object.keys(metadata.countries);
    const without = countries.filter((country) => zonesOfCountry(country).length === 0);
    expect(without.toSorted()).toEqual(['AC', 'TA', 'XK']);
    expect(countries.flatMap(zonesOfCountry).filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  it('are asked for in both ways that Node has had', () => {
    const asked = Intl.Locale;
    const answers = (region: object) =>
      Object.assign(Intl, {
        Locale: function Locale() {
          return region;
        },
      }) && zonesOfCountry('PL');
    try {
      expect(answers({ getTimeZones: () => ['Europe/Warsaw'] })).toEqual(['Europe/Warsaw']);
      expect(answers({ timeZones: ['Europe/Warsaw'] })).toEqual(['Europe/Warsaw']);
      expect(answers({ getTimeZones: () => undefined })).toEqual([]);
      expect(answers({})).toEqual([]);
    } finally {
      Object.assign(Intl, { Locale: asked });
    }
  });
});
