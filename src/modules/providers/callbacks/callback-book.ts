import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { CredentialVault, type SealedCredentials } from '../credentials/credential-vault.js';
import type { ProviderKind } from '../domain/provider.js';
import type { ReportSettings } from '../http/http-settings.js';
import { InboundReader } from '../http/inbound-reader.js';
import { ReportReader } from '../http/report-reader.js';
import { KINDS } from '../kinds/kinds.js';
import { hashOfToken } from './callback-url.js';

/** Who calls, and how its calls are read and answered. */
export interface CallbackOwner {
  providerId: string;
  reports: { reader: ReportReader; answer: CallAnswer } | null;
  inbound: { reader: InboundReader; answer: CallAnswer } | null;
}

/** What the provider wants to hear. */
type CallAnswer = ReportSettings['answer'];

interface CallbackRow {
  id: string;
  kind: ProviderKind;
  settings: object;
  credentials: SealedCredentials;
}

/** How long a description stays in use after it changed, and a token after it was renewed. */
const CACHE_MS = 3_000;
const CACHE_SIZE = 1_000;

const SELECT_BY_TOKEN = {
  name: 'providers.select-by-callback-token',
  text: `SELECT id, kind, settings, credentials FROM providers WHERE callback_token_hash = $1`,
};

/** Finds providers by the token in their callback address. Unknown tokens are not remembered. */
@Injectable()
export class CallbackBook {
  private readonly cache = new Map<string, { owner: CallbackOwner; until: number }>();

  constructor(
    private readonly database: Database,
    private readonly vault: CredentialVault,
  ) {}

  async find(token: string): Promise<CallbackOwner | null> {
    const hash = hashOfToken(token);
    const key = hash.toString('base64');
    const cached = this.cache.get(key);
    if (cached && cached.until > performance.now()) return cached.owner;
    this.cache.delete(key);
    const owner = await this.load(hash);
    if (owner) {
      if (this.cache.size >= CACHE_SIZE) this.cache.clear();
      this.cache.set(key, { owner, until: performance.now() + CACHE_MS });
    }
    return owner;
  }

  private async load(hash: Buffer): Promise<CallbackOwner | null> {
    const [row] = await this.database.query<CallbackRow>(SELECT_BY_TOKEN, [hash]);
    if (!row) return null;
    const kind = KINDS[row.kind];
    const credentials = this.credentialsOf(row, kind.readsWithCredentials(row.settings));
    const { reports, inbound } = kind.describe?.(row.settings, Object.keys(credentials)) ?? {};
    const secrets = Object.fromEntries(Object.entries(credentials).map(([name, value]) => [`secret.${name}`, value]));
    const check = kind.checkReports?.(row.settings);
    return {
      providerId: row.id,
      reports: reports ? { reader: new ReportReader(reports, secrets, check), answer: reports.answer } : null,
      inbound: inbound ? { reader: new InboundReader(inbound, secrets, check), answer: inbound.answer } : null,
    };
  }

  /** Only a signature needs secrets: without one, reports are taken even when the keys are lost. */
  private credentialsOf({ id, credentials }: CallbackRow, needed: boolean): Record<string, string> {
    return needed ? this.vault.open(id, credentials).credentials : {};
  }
}
