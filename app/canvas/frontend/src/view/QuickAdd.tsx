/** The search that adds a node where it is needed, connected if a wire waits. */

import { addKind, portRefType } from "../actions";
import type { Kind } from "../protocol";
import { fittingKinds, foundKinds } from "../search";
import type { Search } from "../state";
import { Chooser } from "./Chooser";
import { groupColour, variables } from "./colour";
import { useCanvas, useView } from "./context";
import { KindIcon } from "./icons";

const SIZE = { width: 280, height: 340 };

interface Props {
  bounds: () => { width: number; height: number };
  leave: () => void;
}

export function QuickAdd({ bounds, leave }: Props) {
  const search = useView((state) => state.search);
  return (
    search && <Box key={`${search.screen.x},${search.screen.y}`} search={search} bounds={bounds()} leave={leave} />
  );
}

interface BoxProps {
  search: Search;
  bounds: { width: number; height: number };
  leave: () => void;
}

function Box({ search, bounds, leave }: BoxProps) {
  const canvas = useCanvas();
  const { catalogue, rules } = canvas.store.get();
  const type = search.from && portRefType(canvas, search.from);
  const verb = search.from?.side === "out" ? "takes" : "gives";
  const choice = (kind: Kind) => ({
    id: kind.kind,
    testid: `quick-${kind.kind}`,
    style: variables({ "--accent": groupColour(catalogue, kind.group) }),
    body: <KindBody kind={kind} />,
    choose: () => void addKind(canvas, kind, search.at, search.from),
  });
  const find = (typed: string) => {
    const all = foundKinds(catalogue, typed);
    return (search.from && type ? fittingKinds(rules, all, type, search.from.side) : all).map(choice);
  };
  return (
    <Chooser
      label="Add a node"
      placeholder={type ? `Add what ${verb} ${rules.types.get(type)?.title ?? type}` : "Add a node"}
      testid="quick-add"
      className="rl-quick"
      style={{
        left: Math.max(8, Math.min(search.screen.x, bounds.width - SIZE.width - 8)),
        top: Math.max(8, Math.min(search.screen.y, bounds.height - SIZE.height - 8)),
      }}
      find={find}
      none="Nothing fits here."
      close={(back) => {
        canvas.store.set({ search: null });
        if (back) leave();
      }}
    />
  );
}

export function KindBody({ kind }: { kind: Kind }) {
  return (
    <>
      <span className="rl-tile">
        <KindIcon name={kind.icon} size={14} />
      </span>
      <span>
        {kind.title}
        <small>{kind.help}</small>
      </span>
    </>
  );
}
