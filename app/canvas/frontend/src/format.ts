/** Numbers as people read them on a node. */

export function latencyText(latency_s: number): string {
  if (latency_s < 0.9995) return `${Math.round(latency_s * 1000)} ms`;
  if (latency_s < 59.95) return `${latency_s.toFixed(latency_s < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(latency_s);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function tokenText(tokens: number): string {
  if (tokens < 10_000) return `${tokens} tok`;
  return tokens < 999_950 ? `${(tokens / 1000).toFixed(1)}k tok` : `${(tokens / 1_000_000).toFixed(1)}M tok`;
}

export function costText(cost_usd: number, notional: boolean): string {
  const sign = notional ? "≈$" : "$";
  if (cost_usd === 0) return `${sign}0`;
  if (cost_usd < 0.00095) {
    const decimals = Math.min(10, 1 - Math.floor(Math.log10(cost_usd)));
    return `${sign}${cost_usd.toFixed(decimals)}`;
  }
  return `${sign}${cost_usd.toFixed(cost_usd < 0.9995 ? 4 : 2)}`;
}

/** A difference with its sign: "+120 ms", "−$0.0004". */
export function deltaText(latency_s: number | null, cost_usd: number | null): string[] {
  const sign = (value: number) => (value < 0 ? "−" : value > 0 ? "+" : "±");
  return [
    latency_s === null ? null : `${sign(latency_s)}${latencyText(Math.abs(latency_s))}`,
    cost_usd === null ? null : `${sign(cost_usd)}${costText(Math.abs(cost_usd), false)}`,
  ].filter((text) => text !== null);
}

export function scoreText(score: number): string {
  return Math.abs(score) >= 100 ? score.toFixed(0) : score.toFixed(2);
}

/** The first line of a message, for a card that has room for one. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

/** The last `length` characters, cut at a word where one is near. */
export function tail(text: string, length = 110): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(-length);
  const space = cut.indexOf(" ");
  return `…${space >= 0 && space < 20 ? cut.slice(space + 1) : cut}`;
}
