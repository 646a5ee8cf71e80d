/** Follows one run's server-sent events until its final snapshot. */

import type { RunSnapshot } from "./protocol";

const RETRIES_MS = [1000, 2000, 4000];

interface Handlers {
  snapshot: (snapshot: RunSnapshot) => void;
  /** The run ended, or its events can no longer be reached (`run` is then the last one seen). */
  finished: (run: string) => void;
}

export class RunStream {
  private source: EventSource | null = null;
  private url: string | null = null;
  private ended = new Set<string>();
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private run = "";

  constructor(private readonly handlers: Handlers) {}

  get isOpen(): boolean {
    return this.source !== null;
  }

  /** Follows this address; one that has ended is not opened again, null closes. */
  follow(url: string | null): void {
    if (url === this.url) return;
    this.close();
    if (url === null || this.ended.has(url) || typeof EventSource === "undefined") return;
    this.url = url;
    this.failures = 0;
    this.open(url);
  }

  close(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
    this.url = null;
  }

  private open(url: string): void {
    const source = new EventSource(url);
    this.source = source;
    source.onmessage = (event: MessageEvent<string>) => this.receive(url, event.data);
    source.onerror = () => {
      // The browser reconnects by itself unless the answer was an error.
      if (source.readyState !== EventSource.CLOSED || source !== this.source) return;
      const wait = RETRIES_MS[this.failures];
      this.failures += 1;
      if (wait === undefined) this.end(url);
      else this.retry = setTimeout(() => this.open(url), wait);
    };
  }

  private receive(url: string, text: string): void {
    const snapshot = parse(text);
    if (!snapshot) return;
    this.failures = 0;
    this.run = snapshot.run;
    this.handlers.snapshot(snapshot);
    if (snapshot.status !== "running") this.end(url);
  }

  private end(url: string): void {
    this.ended.add(url);
    this.close();
    this.handlers.finished(this.run);
  }
}

function parse(text: string): RunSnapshot | null {
  try {
    return JSON.parse(text) as RunSnapshot;
  } catch {
    return null;
  }
}
