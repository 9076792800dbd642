// Runs of rows in flat arrays, given again to who wants as many.

export class Rows {
  used = 0;
  private readonly free = new Map<number, number[]>();

  /** Where a run of so many begins. */
  take(count: number): number {
    const found = this.free.get(count)?.pop();
    if (found !== undefined) return found;
    this.used += count;
    return this.used - count;
  }

  giveBack(first: number, count: number): void {
    if (!count) return;
    const free = this.free.get(count);
    if (free) free.push(first);
    else this.free.set(count, [first]);
  }
}
