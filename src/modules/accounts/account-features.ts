import { Injectable } from '@nestjs/common';

/** Codes of features that an account has at an instant. Runs outside of any transaction of the caller's. */
export type FeatureSource = (accountId: string, now: Date) => Promise<readonly string[]>;

/**
 * What an account may use beside plain sending: the union of what its tariff includes and what it bought. Those who know
 * subscribe in `onModuleInit`; those who guard a feature ask here, and need not know who sells it.
 */
@Injectable()
export class AccountFeatures {
  private readonly sources: FeatureSource[] = [];

  subscribe(source: FeatureSource): void {
    this.sources.push(source);
  }

  async of(accountId: string, now: Date): Promise<ReadonlySet<string>> {
    const found = await Promise.all(this.sources.map((source) => source(accountId, now)));
    return new Set(found.flat());
  }
}
