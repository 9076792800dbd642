import { render } from "preact";
import { Panels } from "./panels";
import { openPictures } from "./pictures/screen";
import { openScene } from "./scene/scene";
import * as store from "./store";
import "./style/viewer.css";
import { encodeBatch } from "./wire/batch_record";

const canvas = document.getElementById("scene") as HTMLCanvasElement;
const scene = open(canvas);
render(<Panels />, document.getElementById("panels")!);

/** The picture; null where the browser cannot draw: values, alarms and commands do not depend on it. */
function open(canvas: HTMLCanvasElement): ReturnType<typeof openScene> | null {
  try {
    const opened = openScene(canvas);
    store.view.value = opened;
    openPictures(opened);
    return opened;
  } catch (error) {
    console.info(`there is no picture: ${String(error)}`);
    store.canDraw.value = false;
    return null;
  }
}

declare global {
  interface Window {
    /** For who drives the page by script: what all parts share, and whether the picture is done. */
    taixu: typeof store & { isReady(): boolean; isStill(): boolean; encodeBatch: typeof encodeBatch };
  }
}
window.taixu = { ...store, isReady: () => scene?.isReady() ?? false, isStill: () => scene?.isStill() ?? false, encodeBatch };
