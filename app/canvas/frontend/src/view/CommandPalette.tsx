/** Ctrl+K: every command with its keys, every node to add or to jump to, and what the page adds. */

import type { ReactNode } from "react";

import { type Command, COMMANDS, type Hands, isOffered } from "../commands";
import { keyText } from "../keys";
import type { Kind } from "../protocol";
import { found } from "../search";
import { type Choice, Chooser } from "./Chooser";
import { groupColour, variables } from "./colour";
import { useCanvas, useView } from "./context";
import { KindIcon } from "./icons";

interface Props {
  hands: Hands;
  add: (kind: Kind) => void;
  leave: () => void;
}

type Entry = Choice & { title: string; text: string };

export function CommandPalette(props: Props) {
  const open = useView((state) => state.popover === "commands");
  return open && <Box {...props} />;
}

function Box({ hands, add, leave }: Props) {
  const canvas = useCanvas();
  const { catalogue, palette, readOnly, rules } = canvas.store.get();
  const ofCommand = (command: Command): Entry => ({
    ...entry(`command-${command.id}`, command.group, command.title, <kbd>{keyText(command.keys[0] ?? "")}</kbd>),
    ...(command.keys.length === 0 ? { body: <span>{command.title}</span> } : {}),
    choose: () => command.run(canvas, hands),
  });
  const pages = palette.map(({ id, title, hint, group }) => ({
    ...entry(`page-${id}`, group || "Page", title, <small>{hint}</small>, hint),
    choose: () => canvas.intend({ type: "command", id }),
  }));
  const commands = COMMANDS.filter((each) => each.id !== "commands" && isOffered(canvas, each)).map(ofCommand);
  const nodes = canvas.graph.nodes.map((node) => ({
    ...entry(
      `node-${node.id}`,
      "Go to",
      node.title || node.id,
      <small>{rules.kinds.get(node.kind)?.title}</small>,
      node.id,
    ),
    ...accent(catalogue, rules.kinds.get(node.kind), node.title || node.id),
    choose: () => canvas.focus(node.id),
  }));
  const kinds = readOnly
    ? []
    : catalogue.kinds.map((kind) => ({
        ...entry(`kind-${kind.kind}`, "Add", `Add ${kind.title}`, null, kind.help),
        ...accent(catalogue, kind, `Add ${kind.title}`),
        choose: () => add(kind),
      }));
  const entries: Entry[] = [...pages, ...commands, ...nodes, ...kinds];
  return (
    <Chooser
      label="Commands"
      placeholder="Do, add or find"
      testid="commands"
      className="rl-commands"
      find={(typed) => found(entries, typed)}
      none="Nothing is called that."
      close={(back) => {
        canvas.store.set({ popover: null });
        if (back) leave();
      }}
    />
  );
}

function entry(id: string, group: string, title: string, aside: ReactNode, more = ""): Omit<Entry, "choose"> {
  const body = (
    <>
      <span>{title}</span>
      {aside}
    </>
  );
  return { id, testid: id, group, title, text: `${title} ${group} ${more}`, body };
}

function accent(catalogue: Parameters<typeof groupColour>[0], kind: Kind | undefined, title: string) {
  return {
    style: variables({ "--accent": groupColour(catalogue, kind?.group) }),
    body: (
      <>
        <span className="rl-tile">
          <KindIcon name={kind?.icon ?? "circle-help"} size={14} />
        </span>
        <span>{title}</span>
        {!title.startsWith("Add ") && <small>{kind?.title}</small>}
      </>
    ),
  };
}
