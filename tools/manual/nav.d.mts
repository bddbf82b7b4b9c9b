/** Sections, each with its pages: an address within the site, and the name that stands in the navigation. */
export declare const NAV: readonly (readonly [
  section: string,
  pages: readonly (readonly [to: string, name: string])[],
])[];
