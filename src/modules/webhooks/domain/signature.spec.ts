import { newSecret, signatureOf } from './signature.js';

describe('the signature of a webhook', () => {
  it('is the one that the libraries of Standard Webhooks are tested with', () => {
    const signature = signatureOf(
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1_614_265_330,
      '{"test": 2432232314}',
    );
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('stands once for each secret', () => {
    const secrets = [newSecret(), newSecret()];
    const both = signatureOf(secrets, 'id', 1, '{}').split(' ');
    expect(both).toEqual(secrets.map((secret) => signatureOf([secret], 'id', 1, '{}')));
    expect(both[0]).not.toBe(both[1]);
  });

  it('is made with 32 random bytes', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret()).not.toBe(secret);
  });
});
