/** A value that React can watch. */

export class Store<T extends object> {
  private listeners = new Set<() => void>();

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
    for (const listener of this.listeners) listener();
  }
}
