export const bundledIn: (
  folder: string,
  packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly dependencies?: Readonly<Record<string, string>> }>
  >,
) => readonly string[];
