import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Locale } from '../../../kernel/locale.js';
import type { Currency } from '../../../kernel/money.js';

export interface RegistrationRow {
  id: string;
  login: string;
  password_hash: string | null;
  name: string | null;
  email: string;
  phone: string;
  organisation: string;
  address: string | null;
  country: string;
  currency: Currency;
  locale: Locale;
  time_zone: string;
  expires_at: Date;
  completed_at: Date | null;
}

export interface NewRegistration {
  id: string;
  login: string;
  passwordHash: string;
  name: string | null;
  email: string;
  phone: string;
  organisation: string;
  address: string | null;
  country: string;
  currency: Currency;
  locale: Locale;
  timeZone: string;
  createdAt: Date;
  expiresAt: Date;
}

const COLUMNS = `id, login, password_hash, name, email, phone, organisation, address, country, currency, locale, time_zone,
  expires_at, completed_at`;

@Injectable()
export class RegistrationsRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, one: NewRegistration): Promise<RegistrationRow> {
    const [row] = await tx.query<RegistrationRow>(
      `INSERT INTO registrations (id, login, password_hash, name, email, phone, organisation, address, country, currency,
                                  locale, time_zone, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${COLUMNS}`,
      [
        one.id,
        one.login,
        one.passwordHash,
        one.name,
        one.email,
        one.phone,
        one.organisation,
        one.address,
        one.country,
        one.currency,
        one.locale,
        one.timeZone,
        one.createdAt,
        one.expiresAt,
      ],
    );
    return row!;
  }

  async find(id: string): Promise<RegistrationRow | undefined> {
    const [row] = await this.database.query<RegistrationRow>(`SELECT ${COLUMNS} FROM registrations WHERE id = $1`, [
      id,
    ]);
    return row;
  }

  /** One that still waits for its code. */
  async findOpen(id: string, now: Date): Promise<RegistrationRow | undefined> {
    const row = await this.find(id);
    return row && !row.completed_at && row.expires_at > now ? row : undefined;
  }

  /** Ends a registration; false when it had ended already. The password's hash moves on to the user. */
  async complete(tx: Tx, id: string, accountId: string, userId: string, now: Date): Promise<boolean> {
    const [row] = await tx.query(
      `UPDATE registrations SET completed_at = $4, account_id = $2, user_id = $3, password_hash = NULL
       WHERE id = $1 AND completed_at IS NULL RETURNING id`,
      [id, accountId, userId, now],
    );
    return row !== undefined;
  }
}
