export type Dialect = "sqlite" | "postgresql";

/**
 * The one text of a table for both databases: `int8` is any safe integer, `blob` bytes, `strict` what SQLite has to be told.
 * PostgreSQL compares text by its bytes, as SQLite does, so that both list in one order.
 */
export const ddl = (dialect: Dialect, text: string): string =>
  dialect === "sqlite"
    ? text.replaceAll(/\bint8\b/g, "integer")
    : text
        .replaceAll(") strict;", ");")
        .replaceAll(/\bint8\b/g, "bigint")
        .replaceAll(/\bblob\b/g, "bytea")
        .replaceAll(/\btext\b/g, 'text collate "C"');

/** Rows of the table stay as they were written, whoever writes SQL. */
export const appendOnly = (dialect: Dialect, table: string): string =>
  dialect === "sqlite"
    ? `
create trigger ${table}_no_update before update on ${table} begin select raise(abort, '${table} is append-only'); end;
create trigger ${table}_no_delete before delete on ${table} begin select raise(abort, '${table} is append-only'); end;`
    : `
create trigger ${table}_no_update before update on ${table} for each row execute function refuse_change();
create trigger ${table}_no_delete before delete on ${table} for each row execute function refuse_change();
create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change();`;

/** Before the first table of PostgreSQL: what its triggers call. */
export const REFUSE_CHANGE = `
create function refuse_change() returns trigger language plpgsql as $$
  begin raise exception '% is append-only', tg_table_name; end $$;`;

export const OUTBOX_RULES: Readonly<Record<Dialect, string>> = {
  sqlite: `
create trigger outbox_no_delete before delete on outbox begin select raise(abort, 'outbox is append-only'); end;
create trigger outbox_drawn_once before update of no, id, at, work_id, run_id, state, reason, body on outbox
  when old.body is not null begin select raise(abort, 'a notice is drawn once'); end;`,
  postgresql: `
create trigger outbox_no_delete before delete on outbox for each row execute function refuse_change();
create trigger outbox_no_truncate before truncate on outbox for each statement execute function refuse_change();
create function refuse_redraw() returns trigger language plpgsql as $$
  begin raise exception 'a notice is drawn once'; end $$;
create trigger outbox_drawn_once before update of no, id, at, work_id, run_id, state, reason, body on outbox
  for each row when (old.body is not null) execute function refuse_redraw();`,
};

const COUNT_NEW = `insert into run_counts values (coalesce(new.shown, 'open'), 1)
    on conflict (shown) do update set runs = run_counts.runs + 1;`;
const UNCOUNT_OLD = `update run_counts set runs = runs - 1 where shown = coalesce(old.shown, 'open');`;

export const RUN_COUNT_RULES: Readonly<Record<Dialect, string>> = {
  sqlite: `
create trigger runs_counted after insert on runs begin
  ${COUNT_NEW}
end;
create trigger runs_counted_anew after update of shown on runs when new.shown is not old.shown begin
  ${UNCOUNT_OLD}
  ${COUNT_NEW}
end;`,
  postgresql: `
create function count_run() returns trigger language plpgsql set search_path from current as $$ begin
  ${COUNT_NEW}
  return null;
end $$;
create function count_run_anew() returns trigger language plpgsql set search_path from current as $$ begin
  ${UNCOUNT_OLD}
  ${COUNT_NEW}
  return null;
end $$;
create trigger runs_counted after insert on runs for each row execute function count_run();
create trigger runs_counted_anew after update of shown on runs for each row
  when (new.shown is distinct from old.shown) execute function count_run_anew();`,
};
