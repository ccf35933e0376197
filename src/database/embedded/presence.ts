import pg from 'pg';
import { SUPERUSER } from './cluster.js';

/** Advisory lock that every process using the server shares, in the database `postgres`. */
const PRESENCE_KEY = 5_342_001;

/**
 * A session that says "I use this server". The server itself counts: a process that was killed loses its session, and with it
 * its vote, without anybody cleaning up.
 */
export class Presence {
  private leaving = false;

  private constructor(private readonly client: pg.Client) {}

  /** `onLost` is called once when the session ends without {@link leave}. */
  static async enter(port: number, password: string, onLost: () => void): Promise<Presence> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: SUPERUSER,
      password,
      database: 'postgres',
      application_name: 'kabinet presence',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    const presence = new Presence(client);
    client.on('error', () => undefined);
    await client.connect();
    client.once('end', () => {
      if (!presence.leaving) onLost();
    });
    await client.query('SELECT pg_advisory_lock_shared($1)', [PRESENCE_KEY]);
    return presence;
  }

  /** Creates the application's role and database where they are missing. The role is no superuser. */
  async provide(name: string, password: string): Promise<void> {
    const roles = await this.client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    if (roles.rowCount === 0) {
      const literal = pg.escapeLiteral(password);
      await this.client.query(`CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN CREATEDB PASSWORD ${literal}`);
    }
    const databases = await this.client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (databases.rowCount === 0) {
      await this.client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${pg.escapeIdentifier(name)}`);
    }
  }

  /** Ends the session; true when nobody else is left. Call under the folder lock. */
  async leave(): Promise<boolean> {
    this.leaving = true;
    try {
      // Unlocked by statement: the end of a session is noticed a moment later, and the next to leave would still see us.
      await this.client.query('SELECT pg_advisory_unlock_shared($1)', [PRESENCE_KEY]);
      const others = await this.client.query(
        `SELECT 1 FROM pg_locks
          WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          LIMIT 1`,
        [PRESENCE_KEY],
      );
      return others.rowCount === 0;
    } finally {
      await this.client.end().catch(() => undefined);
    }
  }
}
