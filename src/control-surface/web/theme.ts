import { signal, type Signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "cto-theme";
const stored = localStorage.getItem(KEY);

/** How the reader wants to see this page; kept in his browser. */
export const theme: Signal<Theme> = signal(THEMES.find((one) => one === stored) ?? "system");

export const applyTheme = (): void => {
  theme.subscribe((chosen) => {
    document.documentElement.style.colorScheme = chosen === "system" ? "light dark" : chosen;
    localStorage.setItem(KEY, chosen);
  });
};
