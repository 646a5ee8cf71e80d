/** Sends the one state "out" to Python: the first change at once, those that follow soon as one, all until acknowledged. */

import type { CanvasOut, Doc, Intent, IntentBody } from "./protocol";

export const DEBOUNCE_MS = 50;
/** After so long a silence a change does not wait for others. */
export const QUIET_MS = 200;
export const HOLD_MS = 600;
export const RESEND_MS = 1000;
const KEPT = 20;

export type Send = (out: CanvasOut) => void;

export class Outbox {
  private send: Send | null = null;
  private intents: Intent[] = [];
  private lastIntent = 0;
  private sentIntent = 0;
  private unacknowledged = false;
  private sentAt = 0;
  private holdUntil = 0;
  private paused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly instance: string,
    private readonly doc: () => Doc,
    private readonly now: () => number = Date.now,
  ) {}

  /** Sends through `send` from now on; what Python has not acknowledged goes out again. */
  attach(send: Send): void {
    this.send = send;
    this.paused = false;
    if (this.unacknowledged || this.hasNewIntents) this.schedule();
  }

  detach(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.send = null;
  }

  edited(): void {
    this.unacknowledged = true;
    this.schedule({ soon: true });
  }

  /** Keeps what comes until `resume`: a page that is drawn again would disturb a drag. */
  pause(): void {
    this.paused = true;
    clearTimeout(this.timer);
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.unacknowledged || this.hasNewIntents) this.schedule();
  }

  intend(body: IntentBody): void {
    const last = this.intents.at(-1);
    if (body.type === "select" && last?.type === "select" && last.n > this.sentIntent) this.intents.pop();
    this.lastIntent += 1;
    this.intents = [...this.intents, { ...body, n: this.lastIntent }].slice(-KEPT);
    // A click that selects may be the beginning of a drag or of a double click.
    this.schedule({ soon: body.type !== "select" });
  }

  /** Python showed which document it has: stops or repeats the sending of ours. */
  acknowledged(seen: { id: string; rev: number; seq: number }): void {
    const mine = this.doc();
    const behind = seen.rev < mine.rev || (seen.rev === mine.rev && seen.seq < mine.seq);
    if (seen.id !== mine.id || !behind) this.unacknowledged = false;
    // A server that restarted knows less than we do, even of what it once acknowledged.
    else if (!this.timer && this.now() - this.sentAt > RESEND_MS) this.edited();
  }

  /** Forgets an edit that a newer document of Python's replaces. */
  replaced(): void {
    this.unacknowledged = false;
  }

  /** Sends what waits, then nothing for a while: a late send would collide with a page switch. */
  flushAndHold(): void {
    if (this.timer) this.flush();
    this.holdUntil = this.now() + HOLD_MS;
  }

  private get hasNewIntents(): boolean {
    return this.lastIntent > this.sentIntent;
  }

  private schedule({ soon = false } = {}): void {
    if (!this.send || this.paused) return;
    clearTimeout(this.timer);
    const wait = Math.max(DEBOUNCE_MS, this.holdUntil - this.now());
    this.timer = setTimeout(() => this.flush(), wait);
    // Before React draws: the way to Python and back then runs beside the drawing.
    if (soon && wait === DEBOUNCE_MS && this.now() - this.sentAt > QUIET_MS)
      queueMicrotask(() => this.timer !== undefined && !this.paused && this.flush());
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.send) return;
    this.sentAt = this.now();
    this.sentIntent = this.lastIntent;
    this.send({ instance: this.instance, doc: this.unacknowledged ? this.doc() : null, intents: this.intents });
  }
}
