/** The line that a value takes through a bypassed card: from the inputs that it may come in by to the one that fires. */

import type { Way } from "../bypass";
import { NODE_WIDTH, ROW } from "../geometry";
import type { Ports, Rules } from "../ports";
import { typeColour, variables } from "./colour";

/** Both ends lie behind the names of the ports. */
const END = 24;

export function Bypass({ id, way, ports, rules }: { id: string; way: Way; ports: Ports; rules: Rules }) {
  const rows = Math.max(1, ports.inputs.length, ports.outputs.length);
  const to = ports.outputs.findIndex((port) => port.name === way.output);
  const type = ports.outputs[to]?.type ?? "";
  return (
    <svg
      className="rl-bypass"
      width={NODE_WIDTH}
      height={rows * ROW}
      style={variables({ "--type": typeColour(rules, type) })}
      data-testid={`bypass-${id}`}
      data-output={way.output}
      aria-hidden
    >
      {way.inputs.map((name) => (
        <path key={name} d={through(ports.inputs.findIndex((port) => port.name === name), to)} />
      ))}
    </svg>
  );
}

const middle = (row: number): number => Math.max(0, row) * ROW + ROW / 2;

function through(from: number, to: number): string {
  const right = NODE_WIDTH - END;
  const bend = NODE_WIDTH / 2;
  return `M${END} ${middle(from)}C${bend} ${middle(from)} ${bend} ${middle(to)} ${right} ${middle(to)}`;
}
