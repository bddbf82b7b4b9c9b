import { useEffect, useState } from "preact/hooks";

const SETTLES_MS = 200;

/** What was typed, once the typing rests. */
export const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
};
