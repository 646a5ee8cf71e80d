/** An open canvas whose messages are kept, and hands that do nothing. */

import { Instance } from "../src/instance";
import type { CanvasData, CanvasOut } from "../src/protocol";
import { data } from "./fixture";

export const HANDS = { openSearch() {}, wire() {}, nextWire() {}, picture() {}, zoom() {} };

export function opened(first: CanvasData = data()) {
  const canvas = new Instance(first);
  const sent: CanvasOut[] = [];
  canvas.attach((out) => sent.push(structuredClone(out)));
  canvas.receive(first);
  return { canvas, sent };
}
