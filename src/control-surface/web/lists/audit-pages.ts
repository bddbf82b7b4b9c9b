/** One page of a list that grows at its end, counted from the newest: what to ask for, and whether there are others. */
export interface NewestFirst {
  readonly after: number;
  readonly limit: number;
  readonly pages: number;
  readonly page: number;
}

const PAGE_ROWS = 100;

export const pageFromNewest = (size: number, asked: string | null): NewestFirst => {
  const pages = Math.max(Math.ceil(size / PAGE_ROWS), 1);
  const number = /^\d{1,9}$/.test(asked ?? "") ? Number(asked) : 1;
  const page = Math.min(Math.max(number, 1), pages);
  const end = size - (page - 1) * PAGE_ROWS;
  const after = Math.max(end - PAGE_ROWS, 0);
  return { after, limit: Math.max(end - after, 1), pages, page };
};
