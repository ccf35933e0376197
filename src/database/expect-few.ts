/**
 * A condition on an id column of an `unnest(...)` that is always true, and makes the planner expect one row.
 *
 * PostgreSQL guesses ten rows for an array parameter and knows better once it sees the array, so that it plans a prepared
 * statement anew for each call: that costs more than running it. With this its guess is never worse than what it would see,
 * so it keeps the one prepared plan; and that is made of index look-ups, whatever it believes about the size of the tables.
 */
export function expectFew(idColumn: string): string {
  return `${idColumn} BETWEEN '00000000-0000-0000-0000-000000000000' AND 'ffffffff-ffff-ffff-ffff-ffffffffffff'`;
}
