import { zoneOfSeller } from './seller-zones.js';

describe('the zone of a seller', () => {
  it.each([
    ['RU', 'Europe/Moscow'],
    ['PL', 'Europe/Warsaw'],
    ['GR', 'Europe/Athens'],
    ['DE', 'Europe/Berlin'],
    ['US', null],
    ['ZZ', null],
  ])('of %s is %s', (country, zone) => expect(zoneOfSeller(country)).toBe(zone));
});
