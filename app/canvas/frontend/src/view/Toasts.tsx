/** Short messages: why a wire was refused, what to do next. */

import { CircleAlert, Info, X } from "lucide-react";

import { useCanvas, useView } from "./context";

export function Toasts() {
  const canvas = useCanvas();
  const toasts = useView((state) => state.toasts);
  return (
    <div className="rl-toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className="rl-toast" data-tone={toast.tone} data-testid="toast">
          {toast.tone === "error" ? <CircleAlert size={16} aria-hidden /> : <Info size={16} aria-hidden />}
          <span>{toast.text}</span>
          <button type="button" aria-label="Dismiss" onClick={() => canvas.dismiss(toast.id)}>
            <X size={14} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
