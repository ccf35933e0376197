import pg from 'pg';
import type { CustomTypesConfig } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { parseInstant, TIMESTAMPTZ_OID } from './instants.js';
import { WarningsOnlyLogger } from './orm-logger.js';

const INT8_OID = 20;

/** 64-bit integers arrive as BigInt, so that money never passes through a float. Cast counts to int in SQL. */
const PARSERS = new Map<number, unknown>([
  [INT8_OID, BigInt],
  [TIMESTAMPTZ_OID, parseInstant],
]);
const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
};

/**
 * Prepared plans outlive what they were made for. One that was made while a queue was empty reads the whole table, and is kept until
 * statistics come by: a claim among 100,000 messages then takes ten seconds. Whatever runs here has an index to go by; who reads
 * everything on purpose allows it for the transaction.
 */
const PLANNING = '-c enable_seqscan=off';

export interface DataSourceOptions {
  url: string;
  poolSize: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Entity classes of the modules in use. */
  entities?: Function[];
  /** Instead of the product's own list; for tests of the mechanism. */
  migrations?: Function[];
  limits?: TimeLimits;
}

/** In milliseconds; 0 is no limit. */
export interface TimeLimits {
  lockMs: number;
  statementMs: number;
  idleInTransactionMs: number;
}

const defaultLimits: TimeLimits = { lockMs: 5_000, statementMs: 30_000, idleInTransactionMs: 60_000 };

/**
 * A connection that may end at any moment. The pool listens while it is idle, whoever has it while it is used; in between, when it is
 * handed from one to the next, the server's last word may already lie behind an answer in the same packet: an error that nobody
 * hears would end the process. Whoever uses the connection learns of its end by its next statement.
 */
class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/**
 * A TypeORM data source on one PostgreSQL (15 or newer). Time limits protect everybody else: a lock is waited for 5 s, a
 * statement runs 30 s, a forgotten transaction is ended after 60 s.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  const { url, poolSize, applicationName, entities = [], limits = defaultLimits } = options;
  return new DataSource({
    type: 'postgres',
    driver: pg,
    url,
    entities,
    migrations: options.migrations ?? migrations,
    logger: new WarningsOnlyLogger(),
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    poolSize,
    applicationName,
    extra: {
      Client: SteadyClient,
      types,
      // Statements of one connection may be sent before the one in front of them is answered.
      pipeline: true,
      options: PLANNING,
      // As text: the driver leaves out a number 0, and then a default of the role or database would hold.
      lock_timeout: String(limits.lockMs),
      statement_timeout: String(limits.statementMs),
      idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
    },
  });
}
