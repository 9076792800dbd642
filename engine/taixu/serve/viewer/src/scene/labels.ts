// Names beside things: the nearest devices, those that are selected or pointed at, and whoever else watches.
import type { Id } from "../store";
import { fetchPatiently } from "./fetching";

const MOST = 40;
const ASK_AFTER_MS = 250;

export interface Label {
  id: Id;
  x: number;
  y: number;
  /** From the eye, in metres. */
  distance: number;
  strong: boolean;
  /** What it is called, where nobody need be asked. */
  name?: string;
}

export class Labels {
  private readonly layer = document.createElement("div");
  private readonly shown = new Map<Id, HTMLElement>();
  private readonly names = new Map<Id, string>();
  private readonly wanted = new Set<Id>();
  private timer = 0;

  constructor(canvas: HTMLCanvasElement, private readonly onName: () => void) {
    this.layer.className = "scene-labels";
    canvas.after(this.layer);
  }

  nameOf(id: Id): string | undefined {
    const name = this.names.get(id);
    if (name === undefined) this.ask(id);
    return name;
  }

  /** Show these and no others; the nearest win where there is no room. */
  show(labels: Label[]): void {
    labels.sort((a, b) => Number(b.strong) - Number(a.strong) || a.distance - b.distance);
    const taken: { x: number; y: number }[] = [];
    const kept = new Set<Id>();
    for (const label of labels) {
      if (kept.size >= MOST) break;
      if (!label.strong && taken.some((other) => Math.abs(other.x - label.x) < 110 && Math.abs(other.y - label.y) < 22)) continue;
      const name = label.name ?? this.nameOf(label.id);
      if (!name) continue;
      taken.push(label);
      kept.add(label.id);
      let element = this.shown.get(label.id);
      if (!element) {
        element = document.createElement("span");
        this.layer.append(element);
        this.shown.set(label.id, element);
      }
      if (element.textContent !== name) element.textContent = name;
      element.className = label.strong ? "scene-label strong" : "scene-label";
      element.style.transform = `translate(-50%, -100%) translate(${label.x.toFixed(1)}px, ${label.y.toFixed(1)}px)`;
    }
    for (const [id, element] of this.shown) {
      if (kept.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
  }

  /** What they were called may be another name by now. */
  forget(): void {
    this.names.clear();
  }

  private ask(id: Id): void {
    this.wanted.add(id);
    if (this.timer) return;
    this.timer = window.setTimeout(async () => {
      const ids = [...this.wanted].slice(0, 500);
      this.wanted.clear();
      this.timer = 0;
      try {
        const told = (await (await fetchPatiently(`/scene/names?ids=${ids.join(",")}`)).json()) as Record<string, { name: string }>;
        for (const each of ids) this.names.set(each, told[each]?.name ?? "");
      } catch {
        return;
      }
      this.onName();
    }, ASK_AFTER_MS);
  }
}
