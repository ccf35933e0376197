/** Every migration, in order. A landed migration is never edited; a change is a new file. */
export const migrations: Function[] = [];
