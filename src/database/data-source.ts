import pg from 'pg';
import type { CustomTypesConfig } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';

const INT8_OID = 20;

/** 64-bit integers arrive as BigInt, so that money never passes through a float. Cast counts to int in SQL. */
const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8_OID ? BigInt : pg.types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
};

export interface DataSourceOptions {
  url: string;
  poolSize: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Entity classes of the modules in use. */
  entities?: Function[];
}

/**
 * A TypeORM data source on one PostgreSQL (15 or newer). Time limits protect everybody else: a lock is waited for 5 s, a
 * statement runs 30 s, a forgotten transaction is ended after 60 s.
 */
export function createDataSource({ url, poolSize, applicationName, entities = [] }: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    poolSize,
    applicationName,
    extra: {
      types,
      lock_timeout: 5_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
}
