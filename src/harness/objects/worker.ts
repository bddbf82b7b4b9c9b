/** A worker as every surface shows it. All but the state and the times are its own words: show them escaped. */
export interface WorkerObject {
  readonly id: string;
  readonly host: string;
  /** `silent`: alive, and not heard for so long that its runs go to others; `gone`: its end is proven. */
  readonly state: "serves" | "drains" | "silent" | "gone";
  /** How many runs it performs at once. */
  readonly concurrency: number;
  /** The one run that it is there for. */
  readonly only?: string;
  readonly confinement?: "A" | "B" | "C";
  readonly backends: readonly string[];
  /** Ids of admissions. */
  readonly targets: readonly string[];
  /** What it performs now. */
  readonly runs: readonly string[];
  readonly heardAt: string;
}

/** Who serves this home, and how many orders run and wait. */
export interface WorkersObject {
  readonly workers: readonly WorkerObject[];
  readonly running: number;
  readonly waiting: number;
}

/** Where the order of a run stands. */
export interface OrderObject {
  readonly state: "queued" | "running";
  /** What its queue is named by: the id of the target's admission, or of the target where nothing admits it now. */
  readonly queue: string;
  /** Among all orders that wait, as they are taken. */
  readonly place?: number;
  readonly of?: number;
  /** Who has it; a worker's own word, show it escaped. */
  readonly worker?: string;
}
