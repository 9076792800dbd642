// The state stream's WebSocket: it reconnects by itself, says what it hears, and tells the server what was shown.
import { connection, moment, type Moment, type Vector } from "../store";
import { decodePoses, isPoseFrame, type PoseFrame } from "./pose_frame";
import { decodeSceneFrame, type SceneFrame } from "./scene_frame";

export interface Listener {
  frame(frame: SceneFrame): void;
  looks(looks: Record<string, unknown>): void;
  gone(slots: number[]): void;
  bodies(told: Record<string, unknown> | null): void;
  poses(frame: PoseFrame): void;
  thing(slot: number, thing: unknown): void;
}

const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
const SILENT_MS = 60_000;

export class Watch {
  private socket: WebSocket | null = null;
  private tries = 0;
  private shown = 0;
  private heardAt = 0;
  private timer = 0;
  private looking: { at: Vector; reach: number } | null = null;
  private atMoment: unknown = null;

  constructor(private readonly listener: Listener) {
    addEventListener("online", () => this.hasten());
    document.addEventListener("visibilitychange", () => document.hidden || this.hasten());
    setInterval(() => this.watchSilence(), 5_000);
  }

  open(): void {
    clearTimeout(this.timer);
    const address = new URL("/watch", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.shown = 0;
    this.heardAt = performance.now();
    if (this.tries) connection.value = { state: "connecting", tries: this.tries };
    socket.onopen = () => {
      this.tries = 0;
      connection.value = { state: "open" };
      if (this.looking) this.say({ look: this.looking });
      if (this.atMoment) this.say(this.atMoment);
    };
    socket.onmessage = (message: MessageEvent<ArrayBuffer | string>) => this.hear(message.data);
    socket.onclose = (event) => {
      if (this.socket === socket) this.comeAgain(event.reason);
    };
  }

  /** Look at a place, and this far around it. */
  look(at: Vector, reach: number): void {
    this.looking = { at, reach };
    this.say({ look: this.looking });
  }

  /** Ask what is known of a slot's thing; `Listener.thing` hears it. */
  tell(slot: number): void {
    this.say({ tell: slot });
  }

  /** See a moment of the recording (nanoseconds since 1970), playing at a speed from there; null is live. */
  goTo(time_ns: number | null, options: { speed?: number; known?: boolean } = {}): void {
    const said = { at: time_ns, ...options };
    this.atMoment = time_ns === null ? null : said;
    this.say(said);
  }

  private say(what: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  private hear(data: ArrayBuffer | string): void {
    this.heardAt = performance.now();
    if (data instanceof ArrayBuffer) {
      this.shown += 1;
      this.say({ shown: this.shown });
      this.read(data);
      return;
    }
    const said = JSON.parse(data) as Record<string, unknown>;
    if (said["looks"]) this.listener.looks(said["looks"] as Record<string, unknown>);
    if (said["gone"]) this.listener.gone(said["gone"] as number[]);
    if ("bodies" in said) this.listener.bodies(said["bodies"] as Record<string, unknown> | null);
    if (said["moment"]) moment.value = said["moment"] as Moment;
    if ("thing" in said) this.listener.thing(said["slot"] as number, said["thing"]);
  }

  /** What nobody can read is left out, and said: the next frame may be whole. */
  private read(data: ArrayBuffer): void {
    try {
      if (isPoseFrame(data)) this.listener.poses(decodePoses(data));
      else this.listener.frame(decodeSceneFrame(data));
    } catch (error) {
      console.warn(`a message of the stream is left out: ${String(error)}`);
    }
  }

  private comeAgain(why: string): void {
    this.socket = null;
    this.tries += 1;
    const wait = Math.min(SHORTEST_MS * 2 ** (this.tries - 1), LONGEST_MS) * (0.75 + Math.random() / 2);
    connection.value = { state: "lost", tries: this.tries, againAt: Date.now() + wait, why };
    this.timer = window.setTimeout(() => this.open(), wait);
  }

  private hasten(): void {
    if (!this.socket) this.open();
  }

  /** A network that went away without a word: the page notices by asking. */
  private watchSilence(): void {
    if (this.socket?.readyState === WebSocket.OPEN && performance.now() - this.heardAt > SILENT_MS) {
      this.heardAt = performance.now();
      this.look(this.looking?.at ?? [0, 0, 0], this.looking?.reach ?? 100);
    }
  }
}
