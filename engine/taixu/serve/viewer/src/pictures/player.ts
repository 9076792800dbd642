// Plays the pictures that a server draws: H.264 by WebCodecs, JPEG where there is none; it comes back by itself.
import { readPicture, type Picked, type PictureMessage, type PicturesText, type Pose, type ServerFacts, type StreamFacts } from "./wire";

export type PlayerState = "connecting" | "open" | "lost" | "unable";

export interface PlayerWishes {
  size: [number, number];
  fps?: number;
  /** "h264" where it can be decoded, by default. */
  codec?: "h264" | "jpeg";
  quality?: "auto" | "fast" | "full";
  kbps?: number;
  /** Kinds of devices that are left out. */
  hidden?: string[];
  fences?: boolean;
  /** What has a mark around it. */
  selected?: string | null;
}

export interface PlayerOptions {
  /** Of the WebSocket. */
  url: string;
  wishes: PlayerWishes;
  onState?: (state: PlayerState, why: string) => void;
  /** A picture has just been drawn on the canvas. */
  onShown?: (picture: PictureMessage) => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;
const UNABLE = 4409;
const FULL = 4429;
const PICK_MS = 5000;

/** Whether this browser decodes H.264 (it does on pages of localhost and by HTTPS). */
export async function decodesH264(): Promise<boolean> {
  if (typeof VideoDecoder === "undefined") return false;
  try {
    return (await VideoDecoder.isConfigSupported({ codec: "avc1.42c01f", optimizeForLatency: true })).supported === true;
  } catch {
    return false;
  }
}

export class PicturePlayer {
  facts: ServerFacts | null = null;
  stream: StreamFacts | null = null;
  private socket: WebSocket | null = null;
  private decoder: VideoDecoder | null = null;
  private readonly paint: CanvasRenderingContext2D;
  private readonly underWay = new Map<number, PictureMessage>();
  private readonly picks = new Map<number, (found: Picked | null) => void>();
  private needsKey = true;
  private lastJpeg = 0;
  private pose: Pose | string | null | undefined;
  private cameraNumber = 0;
  private pickNumber = 0;
  private tries = 0;
  private timer = 0;
  private closed = false;
  private codec: "h264" | "jpeg" = "jpeg";

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly options: PlayerOptions,
  ) {
    this.paint = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
    document.addEventListener("visibilitychange", this.onVisibility);
    void decodesH264().then((can) => {
      this.codec = options.wishes.codec ?? (can ? "h264" : "jpeg");
      if (!can && this.codec === "h264") this.codec = "jpeg";
      this.connect();
    });
  }

  /** Look from there from now on (a name is one of the world's cameras); gives the number that pictures of it carry. */
  look(pose: Pose | string | null): number {
    if (JSON.stringify(pose) !== JSON.stringify(this.pose)) {
      this.pose = pose;
      this.say({ camera: pose, number: ++this.cameraNumber });
    }
    return this.cameraNumber;
  }

  /** Have other pictures from now on. */
  wish(wishes: Partial<PlayerWishes>): void {
    if (wishes.codec) this.codec = wishes.codec;
    Object.assign(this.options.wishes, wishes);
    this.say({ want: this.wanted() });
  }

  /** What is seen at a point of the picture, from its upper left corner, sides are 1. */
  pick(x: number, y: number): Promise<Picked | null> {
    const number = ++this.pickNumber;
    return new Promise((resolve) => {
      this.picks.set(number, resolve);
      setTimeout(() => this.answer(number, null), PICK_MS);
      this.say({ pick: { x, y }, as: number });
    });
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.socket?.close();
    this.dropDecoder();
  }

  private connect(): void {
    if (this.closed) return;
    this.options.onState?.("connecting", "");
    const socket = (this.socket = new WebSocket(this.options.url));
    socket.binaryType = "arraybuffer";
    this.lastJpeg = 0;
    let why = "";
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (typeof event.data !== "string") this.take(event.data);
      else why = this.hear(JSON.parse(event.data) as PicturesText) ?? why;
    };
    socket.onclose = (event) => {
      if (this.closed || socket !== this.socket) return;
      this.dropDecoder();
      this.underWay.clear();
      if (event.code === UNABLE) {
        this.options.onState?.("unable", why || event.reason);
        return;
      }
      this.options.onState?.("lost", why || event.reason);
      const pause = Math.min(FIRST_PAUSE * 2 ** this.tries++, LONGEST_PAUSE) * (event.code === FULL ? 2 : 1);
      this.timer = window.setTimeout(() => this.connect(), pause * (0.8 + 0.4 * Math.random()));
    };
  }

  private hear(text: PicturesText): string | undefined {
    if (text.pictures) {
      this.facts = text.pictures;
      if (!text.pictures.codecs.includes(this.codec)) this.codec = "jpeg";
      this.say({ want: this.wanted(), ...(this.pose === undefined ? {} : { camera: this.pose, number: this.cameraNumber }) });
      this.options.onState?.("open", "");
    }
    if (text.stream) {
      this.stream = text.stream;
      this.needsKey = true;
    }
    if (text.picked !== undefined && text.as) this.answer(text.as, text.picked);
    return text.error;
  }

  private answer(number: number, found: Picked | null): void {
    this.picks.get(number)?.(found);
    this.picks.delete(number);
  }

  private wanted(): Record<string, unknown> {
    return { ...this.options.wishes, codec: this.codec };
  }

  private take(data: ArrayBuffer): void {
    const picture = readPicture(data);
    if (!picture) return;
    this.tries = 0;
    if (picture.isJpeg) void this.showJpeg(picture);
    else this.decode(picture);
  }

  private decode(picture: PictureMessage): void {
    if (this.needsKey) {
      if (!picture.isKey || !this.stream) {
        this.acknowledge(picture.number);
        return;
      }
      this.dropDecoder();
      this.decoder = new VideoDecoder({ output: (frame) => this.showFrame(frame), error: () => this.beginAnew() });
      this.decoder.configure({
        codec: this.stream.codec,
        optimizeForLatency: true,
        // As the stream itself says; told again for decoders that do not read it.
        colorSpace: { matrix: "smpte170m", primaries: "bt709", transfer: "bt709", fullRange: true },
      });
      this.needsKey = false;
    }
    this.underWay.set(picture.number, picture);
    try {
      this.decoder!.decode(new EncodedVideoChunk({ type: picture.isKey ? "key" : "delta", timestamp: picture.number, data: picture.body }));
    } catch {
      this.beginAnew();
    }
  }

  private showFrame(frame: VideoFrame): void {
    const picture = this.underWay.get(frame.timestamp);
    this.underWay.delete(frame.timestamp);
    if (picture) this.show(frame, picture);
    frame.close();
  }

  private async showJpeg(picture: PictureMessage): Promise<void> {
    const { socket } = this;
    try {
      const bitmap = await createImageBitmap(new Blob([picture.body], { type: "image/jpeg" }));
      if (socket !== this.socket) return;
      if (picture.number > this.lastJpeg) {
        this.lastJpeg = picture.number;
        this.show(bitmap, picture);
      } else this.acknowledge(picture.number); // a later one was decoded sooner
      bitmap.close();
    } catch {
      this.acknowledge(picture.number);
    }
  }

  private show(image: CanvasImageSource, picture: PictureMessage): void {
    const { canvas } = this;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      canvas.width = picture.width;
      canvas.height = picture.height;
    }
    this.paint.drawImage(image, 0, 0, picture.width, picture.height);
    this.options.onShown?.(picture);
    // A page that nobody sees says nothing: the server then draws nothing for it.
    if (!document.hidden) this.acknowledge(picture.number);
  }

  private acknowledge(number: number): void {
    this.say({ shown: number });
  }

  private beginAnew(): void {
    this.dropDecoder();
    this.underWay.clear();
    this.say({ want: this.wanted(), key: true });
  }

  private dropDecoder(): void {
    this.needsKey = true;
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
  }

  private readonly onVisibility = (): void => {
    if (!document.hidden) this.beginAnew();
  };

  private say(words: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }
}
