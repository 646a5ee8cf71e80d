/** A value that React can watch. */

export class Store<T extends object> {
  private listeners = new Set<() => void>();
  private held = 0;
  private changed = false;

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tells the listeners, unless nothing is other than before. */
  set(part: Partial<T>): void {
    if ((Object.keys(part) as (keyof T)[]).every((key) => Object.is(part[key], this.value[key]))) return;
    this.value = { ...this.value, ...part };
    this.changed = true;
    if (this.held === 0) this.tell();
  }

  /** Keeps what changes from now on from the listeners until the returned function is called. */
  hold(): () => void {
    this.held += 1;
    let holds = true;
    return () => {
      if (!holds) return;
      holds = false;
      this.held -= 1;
      if (this.held === 0 && this.changed) this.tell();
    };
  }

  private tell(): void {
    this.changed = false;
    for (const listener of this.listeners) listener();
  }
}
