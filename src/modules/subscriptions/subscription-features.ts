import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { AccountFeatures } from '../accounts/index.js';
import { listFeatures } from './persistence/subscriptions.js';

/** What an account bought counts where features are asked for, from the commit of the purchase on. */
@Injectable()
export class SubscriptionFeatures implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly features: AccountFeatures,
  ) {}

  onModuleInit(): void {
    this.features.subscribe((accountId, now) => listFeatures(this.database, accountId, now));
  }
}
