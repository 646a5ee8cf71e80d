/** The component's entry: Streamlit calls it at mount and whenever the data or the theme change. */

import "@xyflow/react/dist/base.css";
import "./style/base.css";
import "./style/panel.css";
import "./style/place.css";
import "./style/card.css";
import "./style/outcome.css";
import "./style/compare.css";
import "./style/wire.css";
import "./style/note.css";
import "./style/above.css";
import "./style/help.css";
import "./style/motion.css";

import { createRoot, type Root } from "react-dom/client";

import { Instance } from "./instance";
import type { CanvasData, CanvasOut } from "./protocol";
import { CanvasView } from "./view/CanvasView";

interface Arguments {
  data: CanvasData;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue: (name: "out", value: CanvasOut) => void;
}

interface Mount {
  root: Root;
  canvas: Instance;
  setStateValue: Arguments["setStateValue"];
  release: () => void;
  leaving?: ReturnType<typeof setTimeout>;
}

/** Lives as long as the tab, so that going to another page and back loses nothing. */
const instances = new Map<string, Instance>();
const mounts = new WeakMap<Node, Mount>();
const LEAVE_MS = 500;
/** Where each canvas is drawn now: the place before it may be left later than this one was entered. */
const attached = new WeakMap<Instance, Node>();

export default function canvas({ data, parentElement, setStateValue }: Arguments): () => void {
  const instance = instances.get(data.view) ?? new Instance(data);
  instances.set(data.view, instance);
  let mount = mounts.get(parentElement);
  if (mount && mount.canvas !== instance) release(parentElement);
  mount = mounts.get(parentElement) ?? mounted(parentElement, instance, setStateValue);
  mount.setStateValue = setStateValue;
  if (mount.leaving !== undefined) stay(parentElement, mount);
  instance.receive(data);
  mount.root.render(<CanvasView canvas={instance} />);
  return () => leave(parentElement);
}

/** Streamlit takes leave and soon calls again where one drawing of the page overtakes another: then all stays. */
function leave(parent: Node): void {
  const mount = mounts.get(parent);
  if (!mount || mount.leaving !== undefined) return;
  if (attached.get(mount.canvas) === parent) mount.canvas.detach();
  mount.leaving = setTimeout(() => release(parent), LEAVE_MS);
}

function stay(parent: Node, mount: Mount): void {
  clearTimeout(mount.leaving);
  mount.leaving = undefined;
  attach(parent, mount);
}

function attach(parent: Node, mount: Mount): void {
  attached.set(mount.canvas, parent);
  mount.canvas.attach((out) => mount.setStateValue("out", out));
}

function mounted(
  parent: HTMLElement | ShadowRoot,
  instance: Instance,
  setStateValue: Arguments["setStateValue"],
): Mount {
  const host = parent.querySelector(".rl-root");
  if (!host) throw new Error("The canvas found no element .rl-root to draw into.");
  const onPointerDown = (event: PointerEvent) => {
    if (!event.composedPath().includes(parent)) instance.outbox.flushAndHold();
  };
  document.addEventListener("pointerdown", onPointerDown, { capture: true });
  const mount: Mount = {
    root: createRoot(host),
    canvas: instance,
    setStateValue,
    release: () => document.removeEventListener("pointerdown", onPointerDown, { capture: true }),
  };
  mounts.set(parent, mount);
  attach(parent, mount);
  return mount;
}

function release(parent: Node): void {
  const mount = mounts.get(parent);
  if (!mount) return;
  mounts.delete(parent);
  clearTimeout(mount.leaving);
  mount.release();
  if (attached.get(mount.canvas) === parent) mount.canvas.detach();
  mount.root.unmount();
}
