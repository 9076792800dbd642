// What the parts of the viewer share: signals that anybody may read, and the names of those who write them.
import { computed, signal } from "@preact/signals";
import type { View } from "./scene/view";

/** An entity's stable id, 16 hex digits. */
export type Id = string;

export type Vector = readonly [number, number, number];

export type Connection =
  | { state: "connecting"; tries: number }
  | { state: "open" }
  | { state: "lost"; tries: number; againAt: number; why: string };

/** What a device kind's layer holds, and whether it is drawn. */
export interface Layer {
  kind: string;
  count: number;
  shown: boolean;
}

/** A moment of `/watch`: live, or somewhere in the recording. */
export interface Moment {
  time_ns: number;
  live: boolean;
  speed: number;
}

export interface Fence {
  name: string;
  kind: string;
  outline: [number, number][];
  bottom: number;
  top: number;
}

export interface SceneFacts {
  name: string;
  up: "y";
  units: "m";
  georeference: { latitude_deg: number; longitude_deg: number; height_m: number } | null;
  fences: Fence[];
}

/** The state stream's connection (written by wire/stream). */
export const connection = signal<Connection>({ state: "connecting", tries: 0 });
/** What is selected; anybody may write it. */
export const selected = signal<Id | null>(null);
/** What the pointer is over, and where on the page (written by scene/picking). */
export const hovered = signal<{ id: Id; at: readonly [number, number] } | null>(null);
/** How the camera is steered; anybody may write it. */
export const steering = signal<"orbit" | "walk" | "fly">("orbit");
/** Where the camera is and looks to, a few times a second (written by scene/view). */
export const eye = signal<{ at: Vector; toward: Vector }>({ at: [0, 0, 0], toward: [0, 0, 0] });
/** Layers by device kind; "" is what no device is. Written by scene; `hiddenKinds` by anybody. */
export const kinds = signal<ReadonlyMap<string, number>>(new Map());
export const hiddenKinds = signal<ReadonlySet<string>>(new Set());
export const layers = computed<Layer[]>(() =>
  [...kinds.value].map(([kind, count]) => ({ kind, count, shown: !hiddenKinds.value.has(kind) })).sort((a, b) => a.kind.localeCompare(b.kind)),
);
/** Switches of the picture; anybody may write them. */
export const agesShown = signal(false);
export const labelsShown = signal(true);
export const fencesShown = signal(true);
/** Ages of data by id, in seconds (written by who knows them); null is never heard of. */
export const ages = signal<ReadonlyMap<Id, number | null>>(new Map());
/** `/scene`, once it is known (written by scene/facts). */
export const sceneFacts = signal<SceneFacts | null>(null);
/** What moment is shown (written by wire/stream). */
export const moment = signal<Moment | null>(null);
/** The 3D view, once it stands: go-to, frame all, places on the page. */
export const view = signal<View | null>(null);
/** Whether this browser can draw the picture (written by main). */
export const canDraw = signal(true);
/** Counts for those who look after it: things, drawn, frames a second. */
export const figures = signal({ things: 0, frames_a_sec: 0, stream_frame: 0 });

/** How pictures from the server are doing. */
export interface ServerPictures {
  state: "off" | "connecting" | "open" | "lost" | "unable";
  /** Why there are none, as the server says it. */
  why: string;
  frames_a_sec: number;
  /** From being drawn to being shown, milliseconds by the server's clock and ours. */
  delay_ms: number;
  /** 0 is as wished; up to 4 where line or machine take less. */
  level: number;
  codec: string;
  drawnBy: string;
}

/** Who draws the picture; anybody may write it. */
export const drawnBy = signal<"here" | "server">("here");
/** How well the server draws: "auto" is full on a GPU, and fast (one light, no shadows) without; anybody may write it. */
export const serverQuality = signal<"auto" | "fast" | "full">("auto");
/** Written by pictures/screen. */
export const serverPictures = signal<ServerPictures>({ state: "off", why: "", frames_a_sec: 0, delay_ms: 0, level: 0, codec: "", drawnBy: "" });
