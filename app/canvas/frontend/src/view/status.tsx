/** How each state of a node looks: an icon and a word, so that colour is never the only sign. */

import {
  Ban,
  CircleCheck,
  CircleSlash2,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  OctagonPause,
  Square,
  Wallet,
} from "lucide-react";

import type { NodeStatus, RunStatus } from "../protocol";

interface Look {
  icon: LucideIcon;
  word: string;
  help: string;
}

export const NODE_LOOK: Record<NodeStatus, Look> = {
  queued: { icon: Clock, word: "queued", help: "Waits for its inputs." },
  running: { icon: LoaderCircle, word: "running", help: "Works now." },
  done: { icon: CircleCheck, word: "done", help: "Has finished." },
  skipped: { icon: CircleSlash2, word: "skipped", help: "Lies behind a branch that was not taken." },
  failed: { icon: CircleX, word: "failed", help: "Stopped with an error." },
  blocked: { icon: Ban, word: "blocked", help: "Could not start because a node before it failed." },
  budget: { icon: Wallet, word: "over budget", help: "Was not run because the budget would have been exceeded." },
  cancelled: { icon: Square, word: "cancelled", help: "Was stopped." },
};

export const RUN_LOOK: Record<RunStatus, Look> = {
  running: { icon: LoaderCircle, word: "Running", help: "The run is under way." },
  done: { icon: CircleCheck, word: "Done", help: "The run has finished." },
  failed: { icon: CircleX, word: "Failed", help: "The run stopped with an error." },
  budget: { icon: Wallet, word: "Over budget", help: "The run stopped at its budget." },
  cancelled: { icon: Square, word: "Cancelled", help: "The run was stopped." },
  no_answer: { icon: OctagonPause, word: "No answer", help: "The run ended, but nothing reached an output." },
};
