import { render } from "preact";
import { Panels } from "./panels";
import { openPictures } from "./pictures/screen";
import { openScene } from "./scene/scene";
import * as store from "./store";
import "./style/viewer.css";
import { encodeBatch } from "./wire/batch_record";

const canvas = document.getElementById("scene") as HTMLCanvasElement;
const scene = openScene(canvas);
store.view.value = scene;
openPictures(scene);
render(<Panels />, document.getElementById("panels")!);

declare global {
  interface Window {
    /** For who drives the page by script: what all parts share, and whether the picture is done. */
    taixu: typeof store & { isReady(): boolean; isStill(): boolean; encodeBatch: typeof encodeBatch };
  }
}
window.taixu = { ...store, isReady: () => scene.isReady(), isStill: () => scene.isStill(), encodeBatch };
