/** `512 B`, `1.5 MB`: three digits or so, by thousands. */
export const bytesText = (bytes: number): string => {
  const at = UNITS.findIndex((_, index) => bytes < 1000 ** (index + 1));
  const unit = at === -1 ? UNITS.length - 1 : at;
  return unit === 0 ? `${bytes} B` : `${(bytes / 1000 ** unit).toFixed(1)} ${UNITS[unit]}`;
};

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
