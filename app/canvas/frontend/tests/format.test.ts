import { expect, test } from "vitest";

import { costText, firstLine, latencyText, tail, tokenText } from "../src/format";

test.each([
  [0.412, "412 ms"],
  [0.0004, "0 ms"],
  [1.239, "1.24 s"],
  [12.34, "12.3 s"],
  [65.2, "1 min 5 s"],
  [59.97, "1 min 0 s"],
])("%f s reads %s", (latency_s, text) => expect(latencyText(latency_s)).toBe(text));

test.each([
  [318, "318 tok"],
  [12_345, "12.3k tok"],
  [2_500_000, "2.5M tok"],
])("%i tokens read %s", (tokens, text) => {
  expect(tokenText(tokens)).toBe(text);
});

test.each([
  [0.0004, false, "$0.00040"],
  [0.0000021, true, "≈$0.0000021"],
  [0, false, "$0"],
  [0.00001, false, "$0.000010"],
  [0.0123, false, "$0.0123"],
  [1.5, false, "$1.50"],
] as const)("%f USD (notional %s) read %s", (cost_usd, notional, text) => {
  expect(costText(cost_usd, notional)).toBe(text);
});

test("a long answer shows its end, from a word on", () => {
  expect(tail("one two\nthree four", 11)).toBe("…three four");
  expect(tail("short")).toBe("short");
  expect(firstLine("\nFirst.\nSecond.")).toBe("First.");
});
