// What a page offers and node does not, as far as the modules under test ask when they are loaded. Import it first.
const none = () => undefined;
const store = new Map<string, string>();
const page = {
  localStorage: { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => store.set(key, value) },
  matchMedia: () => ({ matches: false, addEventListener: none }),
  document: { documentElement: { dataset: {}, classList: { toggle: none } }, addEventListener: none },
  addEventListener: none,
};
Object.assign(globalThis, page);
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { language: "en" } });
