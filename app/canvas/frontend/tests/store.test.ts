import { expect, test, vi } from "vitest";

import { Store } from "../src/store";

test("what changes while it is held is known at once and told once", () => {
  const store = new Store({ left: 1, right: 1 });
  const heard = vi.fn();
  store.subscribe(heard);
  const release = store.hold();
  const other = store.hold();
  store.set({ left: 2 });
  store.set({ right: 2 });
  expect(store.get()).toEqual({ left: 2, right: 2 });
  release();
  release();
  expect(heard).not.toHaveBeenCalled();
  other();
  expect(heard).toHaveBeenCalledTimes(1);
});

test("nothing is told where nothing changed", () => {
  const store = new Store({ left: 1 });
  const heard = vi.fn();
  store.subscribe(heard);
  const release = store.hold();
  store.set({ left: 1 });
  release();
  expect(heard).not.toHaveBeenCalled();
  store.set({ left: 2 });
  expect(heard).toHaveBeenCalledTimes(1);
});
