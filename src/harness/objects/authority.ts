/** Who may sign here and what is asked of it, as it counts at this moment; each file with its digest. */
export interface AuthorityObject {
  readonly trustRoot: {
    /** `broken`: what was signed is not what lies there now. */
    readonly state: "signed" | "not-signed" | "broken" | "unreadable";
    readonly says: string;
  };
  readonly signers: FileObject & { readonly keys: readonly SignerObject[] };
  /** Keys that count for nothing, whoever names them; null where the file cannot be read. */
  readonly revoked: FileObject & { readonly count: number | null };
  readonly own: {
    readonly keys: readonly OwnKeyObject[];
    readonly problems: readonly { readonly says: string; readonly fix: string }[];
  };
  readonly policy: FileObject & { readonly settings: readonly SettingObject[] };
  /** Without the addresses of channels: they can hold a secret. */
  readonly notify: FileObject & { readonly settings: readonly SettingObject[] };
}

export interface FileObject {
  readonly path: string;
  /** Null where the home has no such file. */
  readonly sha256: string | null;
  /** Why it counts for nothing, or empty. */
  readonly problem: string;
}

/** A key of the home itself: as it stands, and as allowed_signers names it. */
interface OwnKeyObject {
  readonly role: string;
  readonly fingerprint: string;
  readonly state: "signs" | "former" | "untrusted";
  readonly from: number | null;
  readonly until: number | null;
}

/** One line of allowed_signers. */
interface SignerObject {
  readonly principals: readonly string[];
  readonly fingerprint: string;
  readonly type: string;
  readonly isPasskey: boolean;
  /** Namespaces of what it may sign. */
  readonly roles: readonly string[];
  /** Seconds since the epoch between which it counts; null where the line sets no end. */
  readonly from: number | null;
  readonly until: number | null;
  readonly state: "counts" | "revoked" | "not-yet" | "ended";
}

/** One setting by its path in the file, and its value as one line of JSON. */
export interface SettingObject {
  readonly name: string;
  readonly value: string;
}
