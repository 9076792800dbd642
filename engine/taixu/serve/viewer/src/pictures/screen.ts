// Pictures from the server, laid over the browser's own: the same camera, the same hands on it.
import { effect } from "@preact/signals";
import type { View } from "../scene/view";
import { drawnBy, fencesShown, hiddenKinds, moment, selected, serverPictures, serverQuality, type ServerPictures } from "../store";
import { PicturePlayer } from "./player";

const STEP_PX = 8;
const MOST_PX = 1920;
/** A window that is being drawn larger begins anew when it rests. */
const RESIZED_MS = 250;
const FIGURES_MS = 500;
const CLICK_PX = 5;

/**
 * Follow `drawnBy`: while it says "server", show the server's pictures over the view's canvas. They are of now: who looks at the past
 * sees what the view draws.
 */
export function openPictures(view: View): void {
  let screen: Screen | null = null;
  effect(() => {
    if (drawnBy.value === "server" && moment.value?.live !== false) screen ??= new Screen(view);
    else {
      screen?.close();
      screen = null;
    }
  });
}

function tell(facts: Partial<ServerPictures>): void {
  serverPictures.value = { ...serverPictures.peek(), ...facts };
}

/** What the server's picture shows as this one does. */
function marks(): { hidden: string[]; fences: boolean; selected: string | null } {
  return { hidden: [...hiddenKinds.value], fences: fencesShown.value, selected: selected.value };
}

class Screen {
  private readonly canvas = document.createElement("canvas");
  private readonly player: PicturePlayer;
  private readonly resized: ResizeObserver;
  private readonly unfollow: () => void;
  private frame = 0;
  private timer: number;
  private resizing = 0;
  private asked = "";
  private shown = 0;
  private counted = performance.now();
  private delays = 0;
  private down: readonly [number, number] | null = null;

  constructor(private readonly view: View) {
    this.canvas.id = "pictures";
    // The hands reach through it to the view's own canvas, whose camera it shows.
    this.canvas.style.cssText = "position:fixed;pointer-events:none;visibility:hidden";
    view.canvas.after(this.canvas);
    this.cover();
    const url = new URL("/pictures", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.player = new PicturePlayer(this.canvas, {
      url: url.href,
      wishes: { size: this.size(), fps: 30, quality: serverQuality.peek(), ...marks() },
      onState: (state, why) => {
        if (state !== "open") this.canvas.style.visibility = "hidden";
        if (state === "open") tell({ why: "", drawnBy: this.player.facts?.drawn_by ?? "" });
        else tell({ state, why });
      },
      onShown: (picture) => {
        if (this.canvas.style.visibility !== "visible") {
          this.canvas.style.visibility = "visible";
          tell({ state: "open" });
        }
        this.shown++;
        this.delays += Date.now() - picture.drawnAt;
        if (picture.level !== serverPictures.peek().level) tell({ level: picture.level });
      },
    });
    this.resized = new ResizeObserver(() => this.cover());
    this.resized.observe(view.canvas);
    addEventListener("resize", this.onResize);
    this.unfollow = effect(() => this.player.wish({ quality: serverQuality.value, ...marks() }));
    view.canvas.addEventListener("pointerdown", this.onDown);
    view.canvas.addEventListener("pointerup", this.onUp);
    this.timer = window.setInterval(() => this.count(), FIGURES_MS);
    this.follow();
  }

  close(): void {
    this.view.canvas.removeEventListener("pointerdown", this.onDown);
    this.view.canvas.removeEventListener("pointerup", this.onUp);
    removeEventListener("resize", this.onResize);
    this.unfollow();
    cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    clearTimeout(this.resizing);
    this.resized.disconnect();
    this.player.close();
    this.canvas.remove();
    tell({ state: "off", why: "", frames_a_sec: 0, delay_ms: 0, level: 0 });
  }

  /** The window's shape in pixels, at most as many as make sense to send. */
  private size(): [number, number] {
    const { clientWidth, clientHeight } = this.view.canvas;
    const scale = Math.min(devicePixelRatio, MOST_PX / Math.max(clientWidth, clientHeight, 1));
    const width = Math.max(Math.round((clientWidth * scale) / STEP_PX) * STEP_PX, 64);
    return [width, Math.max(Math.round((clientHeight * scale) / 4) * 4, 36)];
  }

  /** Lie exactly over the view's canvas, and have pictures of its size. */
  private cover(): void {
    const { left, top, width, height } = this.view.canvas.getBoundingClientRect();
    Object.assign(this.canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    clearTimeout(this.resizing);
    this.resizing = window.setTimeout(() => {
      const size = this.size();
      if (this.asked === String(size)) return;
      this.asked = String(size);
      this.player.wish({ size });
    }, RESIZED_MS);
  }

  private readonly onResize = (): void => this.cover();

  private readonly follow = (): void => {
    const { eye, target, fovDeg } = this.view.camera();
    const round = (place: readonly number[]) => place.map((each) => Math.round(each * 1e4) / 1e4) as [number, number, number];
    this.player.look({ eye: round(eye), target: round(target), fov_deg: fovDeg });
    this.frame = requestAnimationFrame(this.follow);
  };

  private count(): void {
    const now = performance.now();
    const secs = (now - this.counted) / 1000;
    tell({
      frames_a_sec: Math.round(this.shown / secs),
      delay_ms: this.shown ? Math.round(this.delays / this.shown) : serverPictures.peek().delay_ms,
      codec: this.player.stream?.codec ?? "",
    });
    this.shown = this.delays = 0;
    this.counted = now;
  }

  private readonly onDown = (event: PointerEvent): void => {
    this.down = event.isPrimary && event.button === 0 ? [event.clientX, event.clientY] : null;
  };

  private readonly onUp = (event: PointerEvent): void => {
    const { down } = this;
    this.down = null;
    if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK_PX) return;
    if (serverPictures.peek().state !== "open") return;
    const box = this.canvas.getBoundingClientRect();
    void this.player.pick((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height).then((found) => {
      selected.value = found?.id ?? null;
    });
  };
}
