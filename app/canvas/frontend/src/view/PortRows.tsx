/** The ports of a card: inputs on the left, outputs on the right, a router's scores beside its outputs. */

import { Handle, Position } from "@xyflow/react";
import type { KeyboardEvent } from "react";

import type { CardData } from "../flow";
import { scoreText } from "../format";
import { LOST, type Side } from "../ports";
import type { NodeRun, Port } from "../protocol";
import { pickPort } from "../wiring";
import { Bypass } from "./Bypass";
import { typeColour, variables } from "./colour";
import { useCanvas, useView } from "./context";

interface Props {
  id: string;
  data: CardData;
  run: NodeRun | null;
  selected: boolean;
}

export function PortRows({ id, data: { ports, problems, links, way }, run, selected }: Props) {
  const rules = useView((state) => state.rules);
  const rows = Math.max(1, ports.inputs.length, ports.outputs.length);
  const wrong = new Set(problems.map((problem) => problem.port));
  const end = (side: Side, port: Port, own: NodeRun | null) => (
    <PortEnd
      node={id}
      side={side}
      port={port}
      wrong={wrong.has(port.name)}
      run={own}
      reach={selected}
      links={links[`${side}.${port.name}`] ?? []}
    />
  );
  return (
    <div className="rl-ports">
      {way && <Bypass id={id} way={way} ports={ports} rules={rules} />}
      {Array.from({ length: rows }, (_, row) => {
        const input = ports.inputs[row];
        const output = ports.outputs[row];
        return (
          <div className="rl-row" key={row}>
            {input ? end("in", input, null) : <span />}
            {output && end("out", output, run)}
          </div>
        );
      })}
    </div>
  );
}

interface EndProps {
  node: string;
  side: Side;
  port: Port;
  wrong: boolean;
  run: NodeRun | null;
  reach: boolean;
  links: string[];
}

function PortEnd({ node, side, port, wrong, run, reach, links }: EndProps) {
  const canvas = useCanvas();
  const rules = useView((state) => state.rules);
  const wiring = useView((state) => state.wiring !== null);
  const picked = useView(({ wiring: from }) => from?.node === node && from.side === side && from.port === port.name);
  const type = rules.types.get(port.type)?.title ?? port.type;
  const input = side === "in";
  const needs = input
    ? ` · ${port.required ? "required" : "optional"}${port.many ? " · takes several wires" : ""}`
    : "";
  const title = `${port.name} · ${port.type === LOST ? "missing port" : type}${needs}${port.help ? `\n${port.help}` : ""}`;
  const joined = links.length > 0 ? `connected to ${links.join(" and ")}` : "not connected";
  const pick = () => pickPort(canvas, { node, side, port: port.name });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    pick();
  };
  return (
    <span
      className="rl-end"
      data-side={side}
      data-fired={run?.fired.includes(port.name) || undefined}
      style={variables({ "--type": typeColour(rules, port.type) })}
    >
      <Handle
        id={port.name}
        type={input ? "target" : "source"}
        position={input ? Position.Left : Position.Right}
        className="rl-port"
        title={title}
        role="button"
        aria-label={`${input ? "Input" : "Output"} ${port.name}, ${type}, ${joined}`}
        aria-pressed={picked}
        tabIndex={reach || wiring ? 0 : -1}
        data-testid={`port-${node}-${side}-${port.name}`}
        data-node={node}
        data-side={side}
        data-port={port.name}
        data-many={port.many || undefined}
        data-optional={(input && !port.required) || undefined}
        data-wrong={wrong || undefined}
        data-picked={picked || undefined}
        onClick={pick}
        onKeyDown={onKeyDown}
      />
      <span className="rl-label" title={title}>
        {port.name}
      </span>
      {run && port.name in run.scores && <Score score={run.scores[port.name] ?? 0} run={run} />}
    </span>
  );
}

function Score({ score, run }: { score: number; run: NodeRun }) {
  const all = Object.values(run.scores);
  const [low, high] = [Math.min(0, ...all), Math.max(1, ...all)];
  const share = (value: number) => `${(100 * (value - low)) / (high - low)}%`;
  const threshold = run.threshold;
  const title = `Score ${scoreText(score)}${threshold === null ? "" : `, threshold ${scoreText(threshold)}`}`;
  return (
    <span className="rl-score" title={title}>
      <span className="rl-bar" aria-hidden>
        <span className="rl-fill" style={{ width: share(score) }} />
        {threshold !== null && <span className="rl-threshold" style={{ left: share(threshold) }} />}
      </span>
      {scoreText(score)}
    </span>
  );
}
