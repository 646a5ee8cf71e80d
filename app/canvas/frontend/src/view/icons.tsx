/** The icons a node kind may name, in Lucide's spelling; any other name gets a plain box. */

import {
  Anchor, ArrowLeftRight, ArrowUpFromLine, BadgeCheck, Binary, BookOpen, BookOpenText, BookText, Bot, Boxes, Brain, BrainCircuit, Calculator, ChartBar,
  ChevronsUp, CircleQuestionMark, ClipboardCheck, Cloud, Code, Combine, Compass, Component, CopyCheck, Crown, Database, Dices, FileSearch,
  FileText, Files, Filter, Flag, Funnel, Gauge, Gavel, GitBranch, GitCompare, GitFork, GitMerge, Globe, Hash, Image, Infinity,
  Landmark, Languages, Layers, Library, Lightbulb, ListChecks, ListOrdered, ListX, type LucideIcon, Medal, Merge, MessageCircle,
  MessageCircleQuestionMark, MessageSquare, MessagesSquare, Network, Package, PenLine, Pencil, PencilLine, Percent, Radar, RefreshCcw,
  RefreshCw, Repeat, RotateCcw, Route, Ruler, Scale, ScanSearch, ScrollText, Search, SearchCheck, Send, Shapes, Share2, Shield,
  ShieldAlert, ShieldCheck, Shuffle, Signpost, SlidersHorizontal, Sparkles, Split, SquareFunction, Star, Swords, Tag, Tags,
  Target, TextSearch, Timer, ToggleLeft, TrendingUp, Trophy, Users, UsersRound, Vote, WandSparkles, Waypoints, Workflow, Wrench,
  Zap,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  Anchor, ArrowLeftRight, ArrowUpFromLine, BadgeCheck, Binary, BookOpen, BookOpenText, BookText, Bot, Boxes, Brain, BrainCircuit, Calculator, ChartBar,
  ChevronsUp, CircleQuestionMark, ClipboardCheck, Cloud, Code, Combine, Compass, Component, CopyCheck, Crown, Database, Dices, FileSearch,
  FileText, Files, Filter, Flag, Funnel, Gauge, Gavel, GitBranch, GitCompare, GitFork, GitMerge, Globe, Hash, Image, Infinity,
  Landmark, Languages, Layers, Library, Lightbulb, ListChecks, ListOrdered, ListX, Medal, Merge, MessageCircle,
  MessageCircleQuestionMark, MessageSquare, MessagesSquare, Network, Package, PenLine, Pencil, PencilLine, Percent, Radar, RefreshCcw,
  RefreshCw, Repeat, RotateCcw, Route, Ruler, Scale, ScanSearch, ScrollText, Search, SearchCheck, Send, Shapes, Share2, Shield,
  ShieldAlert, ShieldCheck, Shuffle, Signpost, SlidersHorizontal, Sparkles, Split, SquareFunction, Star, Swords, Tag, Tags,
  Target, TextSearch, Timer, ToggleLeft, TrendingUp, Trophy, Users, UsersRound, Vote, WandSparkles, Waypoints, Workflow, Wrench,
  Zap,
};

/** Names that Lucide had before; a kind may still use them. */
const FORMER: Record<string, string> = {
  "bar-chart": "ChartBar",
  "circle-help": "CircleQuestionMark",
  "help-circle": "CircleQuestionMark",
  "message-circle-question": "MessageCircleQuestionMark",
  "sliders": "SlidersHorizontal",
  "wand-2": "WandSparkles",
};

export function KindIcon({ name, size = 16 }: { name: string; size?: number }) {
  const pascal = name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  const Icon = ICONS[FORMER[name] ?? pascal] ?? Component;
  return <Icon size={size} data-icon={name} aria-hidden />;
}
