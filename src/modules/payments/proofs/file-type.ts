export const PROOF_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type ProofType = (typeof PROOF_TYPES)[number];

const MAGIC: [type: ProofType, bytes: Buffer][] = [
  ['application/pdf', Buffer.from('%PDF-', 'latin1')],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
];

/** What a file is by its first bytes, whatever it is said to be; null for everything that is not taken as a proof. */
export function typeOf(content: Buffer): ProofType | null {
  return MAGIC.find(([, bytes]) => content.subarray(0, bytes.length).equals(bytes))?.[0] ?? null;
}
