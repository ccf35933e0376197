/**
 * How the embedded server is set up: a message product on one machine that it shares with the application. Written to
 * `kabinet.conf` at every start; `ALTER SYSTEM` wins over it.
 */
export const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  password_encryption: 'scram-sha-256',

  // What was accepted is on disk before the caller hears of it.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',

  shared_buffers: '192MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  // Statements are short and many: compiling them costs more than it saves.
  jit: 'off',

  // Queues write the same pages again and again: fewer checkpoints write them out less often.
  checkpoint_timeout: '15min',
  max_wal_size: '2GB',
  wal_compression: 'on',
  autovacuum_naptime: '15s',

  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  // The detail of a failed constraint holds the row: phones and texts of other people do not belong in a log.
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};

/** As lines of a configuration file. */
export function renderSettings(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return ['# Written at every start. Change settings with ALTER SYSTEM.', ...lines, ''].join('\n');
}
