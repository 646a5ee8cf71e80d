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
}

/** Lives as long as the tab, so that going to another page and back loses nothing. */
const instances = new Map<string, Instance>();
const mounts = new WeakMap<Node, Mount>();

export default function canvas({ data, parentElement, setStateValue }: Arguments): () => void {
  const instance = instances.get(data.view) ?? new Instance(data);
  instances.set(data.view, instance);
  let mount = mounts.get(parentElement);
  if (mount && mount.canvas !== instance) release(parentElement);
  mount = mounts.get(parentElement) ?? mounted(parentElement, instance, setStateValue);
  mount.setStateValue = setStateValue;
  instance.receive(data);
  mount.root.render(<CanvasView canvas={instance} />);
  return () => release(parentElement);
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
  instance.attach((out) => mount.setStateValue("out", out));
  return mount;
}

function release(parent: Node): void {
  const mount = mounts.get(parent);
  if (!mount) return;
  mounts.delete(parent);
  mount.release();
  mount.canvas.detach();
  mount.root.unmount();
}
