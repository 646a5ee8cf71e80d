/** The sheet of all keys. */

import { X } from "lucide-react";

import { shortcuts } from "../keys";
import { useCanvas } from "./context";

export function Help() {
  const canvas = useCanvas();
  const close = () => canvas.store.set({ popover: null });
  return (
    <section className="rl-panel rl-help" role="dialog" aria-label="Keyboard" data-testid="help" tabIndex={-1}>
      <header>
        <b>Keyboard</b>
        <button type="button" aria-label="Close" title="Close (Esc)" data-testid="help-close" onClick={close}>
          <X size={15} aria-hidden />
        </button>
      </header>
      <div className="rl-help-groups" tabIndex={0} role="group" aria-label="All keys">
        {shortcuts().map(({ group, rows }) => (
          <section key={group}>
            <h4>{group}</h4>
            <dl>
              {rows.map(({ keys, title }) => (
                <div key={title}>
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </section>
  );
}
