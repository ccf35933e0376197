import fc from 'fast-check';
import { FrameDecoder, FramingError } from './frame-decoder.js';

const MAX = 4096;

function frame(bodyBytes: number, fill: number): Buffer {
  const bytes = Buffer.alloc(16 + bodyBytes, fill);
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

/** Frames as they come out, copied, since they are views. */
function decode(chunks: Buffer[], max = MAX): Buffer[] {
  const decoder = new FrameDecoder(max);
  const frames: Buffer[] = [];
  for (const chunk of chunks) decoder.push(chunk, (bytes) => frames.push(Buffer.from(bytes)));
  return frames;
}

describe('FrameDecoder', () => {
  it('finds the same frames however the stream is cut', () => {
    const frames = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 255 }))
        .map(([body, fill]) => frame(body, fill)),
      { maxLength: 20 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (expected, sizes) => {
        const stream = Buffer.concat(expected);
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(decode(chunks)).toEqual(expected);
      }),
    );
  });

  it('takes a large frame byte by byte without copying it over and over', () => {
    const bytes = frame(120_000, 7);
    const chunks = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
    const copies = jest.spyOn(Buffer, 'concat');
    const [decoded] = decode(chunks, 200_000);
    expect(decoded!.equals(bytes)).toBe(true);
    // Once for the length, once for the whole.
    expect(copies).toHaveBeenCalledTimes(2);
    copies.mockRestore();
  });

  it.each([
    ['nothing', 0],
    ['less than a header', 15],
    ['more than the maximum', MAX + 1],
    ['text', 0x48545450],
    ['the largest number', 0xffffffff],
  ])('refuses a length of %s', (_what, length) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(length, 0);
    expect(() => decode([frame(3, 1), bytes])).toThrow(FramingError);
    expect(() => decode(Array.from(bytes, (byte) => Buffer.of(byte)))).toThrow(FramingError);
  });

  it('hands over what came before the garbage', () => {
    const frames: Buffer[] = [];
    const bad = Buffer.alloc(4, 0xff);
    const decoder = new FrameDecoder(MAX);
    const push = () => decoder.push(Buffer.concat([frame(1, 1), bad]), (bytes) => frames.push(Buffer.from(bytes)));
    expect(push).toThrow(FramingError);
    expect(frames).toEqual([frame(1, 1)]);
  });
});
