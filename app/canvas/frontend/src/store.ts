/** A value that React can watch. */

export class Store<T extends object> {
  private listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(part: Partial<T>): void {
    this.value = { ...this.value, ...part };
    for (const listener of this.listeners) listener();
  }
}
