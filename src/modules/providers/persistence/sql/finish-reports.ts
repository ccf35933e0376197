import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

export const FINISH_REPORTS: Statement = {
  name: 'providers.finish-reports',
  text: `
    DELETE FROM report_inbox r USING unnest($1::uuid[]) AS k (id) WHERE r.id = k.id AND ${expectFew('k.id')}`,
};
