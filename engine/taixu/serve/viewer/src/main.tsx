import { render } from "preact";
import { Panels } from "./panels";
import { openPictures } from "./pictures/screen";
import { openScene } from "./scene/scene";
import { view } from "./store";
import "./style/viewer.css";

const canvas = document.getElementById("scene") as HTMLCanvasElement;
view.value = openScene(canvas);
openPictures(view.value);
render(<Panels />, document.getElementById("panels")!);
