// Fetching with patience: a server that is asked too much, or starts anew, is asked again a little later.

const AT_ONCE = 8;
const LONGEST_MS = 8_000;
let running = 0;
const waiting: (() => void)[] = [];

/** Fetch something that is there; waits its turn, and comes again while the server is busy or away. */
export async function fetchPatiently(address: string): Promise<Response> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    for (let pause = 400; ; pause = Math.min(pause * 2, LONGEST_MS)) {
      const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (answer?.ok) return answer;
      if (answer && answer.status !== 429 && answer.status < 500) throw new Error(`${address}: ${answer.status}`);
      await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    }
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
