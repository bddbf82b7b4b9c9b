import path from "node:path";

import Database from "better-sqlite3";

/** As many runs as a home of years has: rows of its store, one in a thousand of them waiting for its owner. */
export const layManyRuns = (home: string, count: number): void => {
  const database = new Database(path.join(home, ".cto/ledger.db"));
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
       insert into work_items (work_id, state, version) select 'CTO-WORK-' || (100 + i), 'candidate', 0 from n where i <= 100`,
    )
    .run(count);
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?),
       e(i, ending) as (select i, case when i % 1000 = 0 then 'awaiting_outcome' when i % 10 = 3 then 'blocked'
         when i % 7 = 0 then 'stopped' else 'failed' end from n)
       insert into runs select printf('R-%d-%02d', 101 + (i - 1) / 100, 1 + (i - 1) % 100), i, 'execute',
         'CTO-WORK-' || (101 + (i - 1) / 100), 't', null, 'ended',
         ending,
         1, 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || (? - i) || ' minutes'), 1,
         '{"bootId":"b","host":"h","pid":1,"pidStart":"1"}', '{}', ending from e`,
    )
    .run(count, count);
  database.close();
};
