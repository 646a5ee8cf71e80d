/** Keeps a fault in drawing from leaving an empty page: says so and draws again on request. */

import { Component, type ReactNode } from "react";

export class Boundary extends Component<{ children: ReactNode }, { fault: string | null }> {
  override state = { fault: null };

  static getDerivedStateFromError(error: unknown) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.fault === null) return this.props.children;
    return (
      <div className="rl-canvas" data-testid="canvas-fault">
        <div className="rl-empty" role="alert">
          <h3>The canvas could not be drawn</h3>
          <p>Your pipeline is safe. {this.state.fault}</p>
          <button type="button" className="rl-primary" onClick={() => this.setState({ fault: null })}>
            Draw again
          </button>
        </div>
      </div>
    );
  }
}
