/** Whether some file system would take the name for `.git`: case, short name, trailing dots, unseen characters. */
export const gitLike = (name: string): boolean => {
  const plain = name
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");
  return plain === ".git" || /^git~\d+$/.test(plain);
};
