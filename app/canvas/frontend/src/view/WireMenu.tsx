/** The list of places where a wire from the focused node or port may go, for the keyboard. */

import { connect } from "../actions";
import { found } from "../search";
import type { WireList } from "../state";
import { type Target, targetsOf } from "../wireable";
import { Chooser } from "./Chooser";
import { typeColour, variables } from "./colour";
import { useCanvas, useView } from "./context";

const SIZE = { width: 280, height: 340 };

interface Props {
  bounds: () => { width: number; height: number };
  leave: () => void;
}

export function WireMenu({ bounds, leave }: Props) {
  const wires = useView((state) => state.wires);
  return wires && <List wires={wires} bounds={bounds()} leave={leave} />;
}

function List({
  wires,
  bounds,
  leave,
}: {
  wires: WireList;
  bounds: { width: number; height: number };
  leave: () => void;
}) {
  const canvas = useCanvas();
  const { rules } = canvas.store.get();
  const several = wires.from.length > 1;
  const choice = (target: Target & { text: string }) => ({
    id: `${target.from.port}>${target.to.node}.${target.to.port}`,
    testid: `wire-to-${target.to.node}-${target.to.port}`,
    ...(several ? { group: `From ${target.from.port}` } : {}),
    body: (
      <>
        <span className="rl-dot" style={variables({ "--type": typeColour(rules, typeOf(target)) })} aria-hidden />
        <span>{target.title}</span>
      </>
    ),
    choose: () => void connect(canvas, target.edge),
  });
  const typeOf = ({ from }: Target) => {
    const node = canvas.store.get().nodes.find((each) => each.id === from.node);
    if (node?.type !== "card") return "";
    const { inputs, outputs } = node.data.ports;
    return (from.side === "in" ? inputs : outputs).find((port) => port.name === from.port)?.type ?? "";
  };
  const targets = targetsOf(canvas.graph, rules, wires.from).map((target) => ({
    ...target,
    text: `${target.title} ${target.from.port}`,
  }));
  return (
    <Chooser
      label="Connect to"
      placeholder={several ? "Connect to" : `Connect ${wires.from[0]?.port ?? ""} to`}
      testid="wire-menu"
      className="rl-quick"
      style={{
        left: Math.max(8, Math.min(wires.screen.x, bounds.width - SIZE.width - 8)),
        top: Math.max(8, Math.min(wires.screen.y, bounds.height - SIZE.height - 8)),
      }}
      find={(typed) => found(targets, typed).map(choice)}
      none="No port on the canvas fits; press / to add a node."
      close={(back) => {
        canvas.store.set({ wires: null });
        if (back) leave();
      }}
    />
  );
}
